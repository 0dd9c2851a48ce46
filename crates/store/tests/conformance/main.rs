//! What both databases promise: every check runs on SQLite, and on PostgreSQL where there is one.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot go on ends where it is, and the line says why"
)]

mod adopt;
mod append;
mod backup;
mod examine;
mod failing_disk;
mod follow;
mod futures;
mod kill;
mod look;
mod open;
mod postgres_only;
mod refusals;
mod registry;
mod rig;
mod sqlite_only;
mod standby;
mod tenants;
mod tls;
mod usage;

macro_rules! suite {
    ($($topic:ident :: $check:ident,)+) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $check() {
                crate::$topic::$check(&crate::rig::sqlite()).await;
            })+
        }

        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $check() {
                let Some(rig) = crate::rig::postgres(stringify!($check)) else { return };
                crate::$topic::$check(&rig).await;
            })+
        }
    };
}

suite! {
    append::events_come_back_as_they_were,
    append::a_large_batch_is_stored_like_small_ones,
    append::duplicates_are_exact,
    append::a_batch_is_stored_whole_or_not_at_all,
    append::deliveries_are_queued_with_the_event,
    append::only_open_projects_take_events,
    append::a_batch_has_a_limit,
    append::writers_agree_on_one_first,
    append::a_probe_commits,
    backup::a_backup_comes_back_on_either_database,
    backup::a_backup_under_load_is_one_moment,
    backup::nothing_is_overwritten,
    backup::a_damaged_backup_is_refused,
    examine::an_examination_tells_schema_settings_and_keys,
    examine::keys_of_another_version_are_seen,
    examine::an_examination_changes_nothing,
    follow::every_event_comes_once_in_order,
    follow::a_tail_begins_at_the_head,
    follow::a_quiet_project_is_found_behind_busy_ones,
    follow::nothing_is_skipped_beside_writers,
    kill::what_was_acknowledged_survives_a_kill,
    look::filters_and_pages_meet_every_event_once,
    look::a_search_is_bounded_and_goes_on,
    open::everything_is_there_after_reopening,
    open::two_processes_may_open_a_new_database,
    open::a_newer_schema_is_refused,
    open::a_changed_migration_is_refused,
    refusals::the_newest_are_kept,
    refusals::refusals_come_back_as_they_were,
    registry::a_slug_and_an_id_are_taken_once,
    registry::projects_are_renamed_and_archived,
    registry::projects_are_listed_by_pages,
    registry::keys_are_found_by_their_digest,
    registry::keys_work_until_revoked_or_archived,
    registry::a_census_counts_and_finds_repeated_names,
    tenants::the_same_ids_live_apart,
    tenants::the_same_deliveries_live_apart,
    tenants::the_same_keys_and_refusals_live_apart,
    usage::totals_add_up_by_project_and_day,
    usage::counting_at_once_loses_nothing,
    usage::old_days_are_forgotten,
}
