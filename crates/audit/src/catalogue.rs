//! The list of all rules, in the order in which they are told.

use crate::{Rule, rules as of, suppress};

/// One line a rule. The compiler reports a rule's file that is missing here.
static RULES: &[Rule] = &[
    of::auto_increment_key::RULE,
    of::reference_to_auto_increment::RULE,
    of::key_near_exhaustion::RULE,
    of::key_of_32_bits::RULE,
    of::composite_key_with_auto_increment::RULE,
    of::shared_sequence::RULE,
    of::manual_sequence::RULE,
    of::random_key::RULE,
    of::database_side_id_default::RULE,
    of::string_uuid_without_native_type::RULE,
    of::uuid_in_text_column::RULE,
    of::wrong_native_type::RULE,
    of::non_uuid_key::RULE,
    of::version_1_key::RULE,
    of::natural_key::RULE,
    of::missing_key::RULE,
    of::unique_missing_on_external_id::RULE,
    of::reference_type_mismatch::RULE,
    of::mixed_key_kinds::RULE,
    of::reference_without_constraint::RULE,
    of::polymorphic_reference::RULE,
    of::implicit_many_to_many::RULE,
    of::sequential_key_without_public_id::RULE,
    of::creation_time_in_public_id::RULE,
    of::max_plus_one_id::RULE,
    of::weak_random_id::RULE,
    of::time_id_in_code::RULE,
    of::v1_in_code::RULE,
    of::random_id_in_code::RULE,
    of::v5_with_discouraged_namespace::RULE,
    of::json_ld_id_not_absolute_iri::RULE,
    of::json_ld_relative_id::RULE,
    of::json_ld_blank_id::RULE,
    of::json_ld_duplicate_id::RULE,
    of::json_ld_sequential_id::RULE,
    of::json_ld_node_without_id::RULE,
    of::uuid_version_policy::RULE,
    suppress::RULE,
];

/// All rules.
#[must_use]
pub fn rules() -> &'static [Rule] {
    RULES
}

/// The rule of this name.
#[must_use]
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}
