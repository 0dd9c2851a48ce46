//! One line for each of several ids, of every kind.

use crate::run::{OLD_ID, run, run_with};

#[test]
fn each_kind_is_named_with_its_time() {
    let input = [
        OLD_ID,
        "c232ab00-9414-11ec-b3c8-9f6bdeced846",
        "1ec9414c-232a-6b00-b3c8-9f6bdeced846",
        "919108f7-52d1-4320-9bac-f847db4148a8",
        "2ed6657d-e927-568b-95e1-2665a8aea6a2",
        "00000000-0000-0000-0000-000000000000",
        "01KACP8XZKEHWVS7TGZXQACHQH",
        "user_01kacp8xzkehwvs7tgzxqachqh",
        "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
        "507f1f77bcf86cd799439011",
        "1541815603606036480",
        "V1StGXR8_Z5jdHi6B-myT",
    ];
    let expected = "\
019a9964-77f3-7479-bc9f-50ff6ea646f1  UUID version 7  2025-11-18T23:54:49.715Z
c232ab00-9414-11ec-b3c8-9f6bdeced846  UUID version 1  2022-02-22T19:22:22.000Z
1ec9414c-232a-6b00-b3c8-9f6bdeced846  UUID version 6  2022-02-22T19:22:22.000Z
919108f7-52d1-4320-9bac-f847db4148a8  UUID version 4  -
2ed6657d-e927-568b-95e1-2665a8aea6a2  UUID version 5  -
00000000-0000-0000-0000-000000000000  Nil UUID        -
01KACP8XZKEHWVS7TGZXQACHQH            ULID            2025-11-18T23:54:49.715Z
user_01kacp8xzkehwvs7tgzxqachqh       TypeID          2025-11-18T23:54:49.715Z
0ujtsYcgvSTl8PAuAdqWYSMnLOv           KSUID           2017-10-10T04:00:47.000Z
507f1f77bcf86cd799439011              ObjectId        2012-10-17T21:13:27.000Z
1541815603606036480                   Snowflake       -
V1StGXR8_Z5jdHi6B-myT                 NanoID          -
";
    assert_eq!(
        run_with(&["id", "inspect", "-"], input.join("\n")).fine(),
        expected
    );
    let arguments = [&["id", "inspect"][..], &input].concat();
    assert_eq!(run(&arguments).fine(), expected);
}

#[test]
fn a_snowflake_has_a_time_once_its_epoch_is_named() {
    let time = |epoch| {
        let arguments = [
            "id",
            "inspect",
            "--json",
            "--epoch",
            epoch,
            "1541815603606036480",
        ];
        run(&arguments).json()[0]["time"]
            .as_str()
            .map(str::to_owned)
    };
    assert_eq!(time("twitter").as_deref(), Some("2022-06-28T16:07:40.105Z"));
    assert_eq!(time("discord").as_deref(), Some("2026-08-25T14:24:45.448Z"));
    assert_eq!(
        time("1970-01-01").as_deref(),
        Some("1981-08-25T14:24:45.448Z")
    );
    assert!(
        run(&["id", "inspect", "--epoch", "soon", "1"])
            .misused()
            .contains("as a time")
    );
}

#[test]
fn every_form_that_is_written_is_recognised() {
    for (text, form) in [
        ("2131952880607924642772261902655833841", "as a number"),
        ("0x019a996477f37479bc9f50ff6ea646f1", "in hexadecimal"),
        ("AZqZZHfzdHm8n1D/bqZG8Q==", "in base 64"),
        ("AZqZZHfzdHm8n1D_bqZG8Q", "in base 64"),
    ] {
        let ran = run(&["id", "inspect", "--json", text]);
        let found = &ran.json()[0];
        assert_eq!(found["kind"], format!("UUID version 7, {form}"));
        assert_eq!(found["uuid"], OLD_ID);
        assert_eq!(found["time"], "2025-11-18T23:54:49.715Z");
        let out = run(&["id", "inspect", text]).fine();
        assert!(out.contains(&format!("\nUUID    {OLD_ID}\n")), "{out}");
    }
    // A number of 128 bits that is no UUID.
    for text in ["18446744073709551616", "0x1"] {
        assert!(run(&["id", "inspect", text]).refused().contains(text));
    }
}
