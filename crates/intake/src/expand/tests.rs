use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::*;

const ALL: [Encoding; 5] = [
    Encoding::Gzip,
    Encoding::Zstd,
    Encoding::Zlib,
    Encoding::Deflate,
    Encoding::Brotli,
];

fn compress(encoding: Encoding, plain: &[u8]) -> Vec<u8> {
    let level = Compression::default();
    let mut out = Vec::new();
    match encoding {
        Encoding::Gzip => GzEncoder::new(&mut out, level).write_all(plain).unwrap(),
        Encoding::Zlib => ZlibEncoder::new(&mut out, level).write_all(plain).unwrap(),
        Encoding::Deflate => DeflateEncoder::new(&mut out, level)
            .write_all(plain)
            .unwrap(),
        Encoding::Zstd => out = compress_to_vec(plain, CompressionLevel::Fastest),
        Encoding::Brotli => {
            let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 5, 22);
            writer.write_all(plain).unwrap();
            drop(writer);
        }
    }
    out
}

fn expanded(bytes: &[u8], claimed: Option<&str>) -> Result<Vec<u8>, Code> {
    let limits = Limits {
        body_wire_bytes_max: 4 << 20,
        ..Limits::DEFAULT
    };
    let expanded = expand(&Body { bytes, claimed }, &limits);
    expanded
        .map(Cow::into_owned)
        .map_err(|rejection| rejection.code)
}

const EVENT: &[u8] = br#"{"event":"Signed Up","properties":{"plan":"pro"}}"#;

#[test]
fn every_encoding_is_known_by_its_bytes_whatever_is_claimed() {
    let claims = [
        None,
        Some("gzip"),
        Some("deflate"),
        Some("BR"),
        Some("zstd, br"),
        Some("?"),
    ];
    let long = [
        b"[".as_slice(),
        &vec![EVENT; 500].join(b",".as_slice()),
        b"]",
    ]
    .concat();
    for plain in [EVENT, b"[]", b" \n[1]", b"\xef\xbb\xbf{}", &long] {
        for claimed in claims {
            assert_eq!(
                expanded(plain, claimed).as_deref(),
                Ok(plain),
                "plain as {claimed:?}"
            );
            for encoding in ALL {
                let sent = compress(encoding, plain);
                assert_ne!(sent, plain);
                let found = expanded(&sent, claimed);
                assert_eq!(found.as_deref(), Ok(plain), "{encoding:?} as {claimed:?}");
            }
        }
    }
}

#[test]
fn brotli_that_begins_like_an_array_is_brotli() {
    // The header says: a window of 22 bits, the last block, not empty.
    let sent = (1..2000_u32)
        .map(|count| compress(Encoding::Brotli, &EVENT.repeat(count as usize)))
        .find(|sent| sent.first() == Some(&b'['))
        .expect("one length in 16 has this beginning");
    assert!(expanded(&sent, None).unwrap().starts_with(EVENT));
}

#[test]
fn members_and_frames_follow_each_other() {
    for encoding in [Encoding::Gzip, Encoding::Zstd] {
        let sent = [compress(encoding, b"[1,"), compress(encoding, b"2]")].concat();
        assert_eq!(
            expanded(&sent, None).as_deref(),
            Ok(b"[1,2]".as_slice()),
            "{encoding:?}"
        );
    }
    let skippable = b"\x5e\x2a\x4d\x18\x03\x00\x00\x00abc";
    let sent = [skippable.as_slice(), &compress(Encoding::Zstd, b"[]")].concat();
    assert_eq!(expanded(&sent, None).as_deref(), Ok(b"[]".as_slice()));
    assert_eq!(expanded(&skippable[..9], None), Err(Code::InvalidEncoding));
}

#[test]
fn what_is_cut_off_changed_or_continued_is_not_taken() {
    let plain = EVENT.repeat(9);
    for encoding in ALL {
        let sent = compress(encoding, &plain);
        let mut out = Vec::new();
        for end in 0..sent.len() {
            out.clear();
            let cut_off = inflate(encoding, &sent[..end], usize::MAX, &mut out);
            let nothing = end == 0 && matches!(encoding, Encoding::Gzip | Encoding::Zstd);
            assert!(cut_off.is_err() || nothing, "{encoding:?} cut off at {end}");
        }
        out.clear();
        let more = inflate(
            encoding,
            &[&sent, b"more".as_slice()].concat(),
            usize::MAX,
            &mut out,
        );
        assert!(
            matches!(more, Err(Stop::Broken(_))),
            "{encoding:?} and more"
        );
    }
    // Those with a check sum tell of a changed bit anywhere behind their header.
    for encoding in [Encoding::Gzip, Encoding::Zlib] {
        let sent = compress(encoding, &plain);
        for at in 10..sent.len() {
            let mut changed = sent.clone();
            changed[at] ^= 1;
            assert_eq!(
                expanded(&changed, None),
                Err(Code::InvalidEncoding),
                "{encoding:?} at {at}"
            );
        }
    }
}

#[test]
fn what_is_compressed_twice_is_refused() {
    for outer in ALL {
        for inner in [Encoding::Gzip, Encoding::Zstd, Encoding::Zlib] {
            let sent = compress(outer, &compress(inner, EVENT));
            assert_eq!(
                expanded(&sent, Some("gzip, gzip")),
                Err(Code::InvalidEncoding),
                "{inner:?} in {outer:?}"
            );
            // Without a mark outside, and without a claim, it is no encoding that is known: refused
            // by who reads it.
            if let Ok(bytes) = expanded(&sent, None) {
                assert_eq!(bytes, sent, "{inner:?} in {outer:?}");
            }
        }
    }
}

#[test]
fn a_claim_that_nothing_fits_is_refused_where_the_body_is_no_text() {
    let check = |bytes: &[u8], claimed, expected| {
        assert_eq!(expanded(bytes, claimed).map(drop), expected, "{claimed:?}");
    };
    for claimed in ["gzip", "br", "compress", "x-snappy", "gzip, identity"] {
        check(b"\xff\xfe\x00", Some(claimed), Err(Code::InvalidEncoding));
        check(b"oops", Some(claimed), Ok(()));
        // One event that is no text does not spoil the others.
        check(b"[1,\"\xff\"]", Some(claimed), Ok(()));
    }
    for claimed in [None, Some(""), Some(" identity ")] {
        check(b"\xff\xfe\x00", claimed, Ok(()));
    }
}

#[test]
fn a_body_larger_than_the_limit_is_refused_before_it_is_looked_at() {
    let limits = Limits {
        body_wire_bytes_max: 10,
        ..Limits::DEFAULT
    };
    let check = |bytes: &[u8]| {
        expand(
            &Body {
                bytes,
                claimed: None,
            },
            &limits,
        )
        .map(Cow::into_owned)
    };
    assert_eq!(
        check(b"[12345678]").as_deref(),
        Ok(b"[12345678]".as_slice())
    );
    let refused = check(b"[123456789]").unwrap_err();
    assert_eq!(refused.code, Code::BodyTooLarge);
    assert_eq!(refused.message, "the body has `11` bytes, the limit is 10");
}

/// A zstd frame of `blocks` blocks that each say "128 KiB of spaces".
fn zstd_bomb(blocks: usize) -> Vec<u8> {
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    for block in 0..blocks {
        let last = u32::from(block + 1 == blocks);
        let header = (128 << 10) << 3 | 1 << 1 | last;
        out.extend_from_slice(&u32::to_le_bytes(header)[..3]);
        out.push(b' ');
    }
    out
}

#[test]
fn a_bomb_stops_at_the_limit() {
    const LARGE: usize = 16 << 20;
    let mut plain = vec![b' '; LARGE];
    plain[0] = b'[';
    for encoding in ALL {
        let bomb = match encoding {
            Encoding::Zstd => zstd_bomb(LARGE / (128 << 10)),
            _ => compress(encoding, &plain),
        };
        assert!(
            bomb.len() * 900 < LARGE,
            "{encoding:?} is no bomb: {} bytes",
            bomb.len()
        );
        let max = Limits::DEFAULT.body_bytes_max;
        let mut out = Vec::new();
        let stopped = inflate(encoding, &bomb, max, &mut out);
        assert!(
            matches!(stopped, Err(Stop::TooLarge)),
            "{encoding:?}: {stopped:?}"
        );
        assert_eq!(
            out.len(),
            max + 1,
            "{encoding:?} produced more than it takes to know"
        );
        assert!(
            out.capacity() <= 2 * (max + 1),
            "{encoding:?} holds {}",
            out.capacity()
        );
        assert_eq!(
            expanded(&bomb, None),
            Err(Code::BodyTooLarge),
            "{encoding:?}"
        );
        // The control: nothing but the limit stops it.
        out.clear();
        inflate(encoding, &bomb, usize::MAX, &mut out).unwrap();
        assert_eq!(out.len(), LARGE);
    }
}

#[test]
fn a_body_of_exactly_the_limit_is_taken() {
    let limits = Limits {
        body_bytes_max: EVENT.len(),
        ..Limits::DEFAULT
    };
    let less = Limits {
        body_bytes_max: EVENT.len() - 1,
        ..Limits::DEFAULT
    };
    for encoding in ALL {
        let body = Body {
            bytes: &compress(encoding, EVENT),
            claimed: None,
        };
        assert_eq!(expand(&body, &limits).unwrap(), EVENT, "{encoding:?}");
        let refused = expand(&body, &less).unwrap_err();
        assert_eq!(refused.code, Code::BodyTooLarge, "{encoding:?}");
    }
}

#[test]
fn a_window_that_is_not_allowed_is_never_made() {
    let mut out = Vec::new();
    // 2^23 and 2^24 bytes.
    for (window, allowed) in [(0x68, true), (0x70, false), (0xf8, false)] {
        let mut sent = zstd_bomb(1);
        sent[5] = window;
        let found = inflate(Encoding::Zstd, &sent, usize::MAX, &mut out);
        assert_eq!(found.is_ok(), allowed, "{window:x}: {found:?}");
    }
    out.clear();
    // Nothing, with a window of 2^24 bytes in the extension of brotli, whose largest is 2^30.
    let large = inflate(Encoding::Brotli, &[0x11, 0xd8], 10, &mut out);
    assert!(matches!(large, Err(Stop::Broken(_))), "{large:?}");
}

const ZSTD_WITH_CHECK_SUM: &[u8] = b"\x28\xb5\x2f\xfd\x04\x58\x11\x00\x00\x5b\x5d\x56\x1f\x7f\x61";

#[test]
fn a_zstd_check_sum_is_checked() {
    // Written by `zstd --check`.
    let mut sent = ZSTD_WITH_CHECK_SUM.to_vec();
    assert_eq!(expanded(&sent, None).as_deref(), Ok(b"[]".as_slice()));
    *sent.last_mut().unwrap() ^= 1;
    assert_eq!(expanded(&sent, None), Err(Code::InvalidEncoding));
}

proptest! {
    #[test]
    fn any_text_survives_any_encoding(text in "[\\[{][ -~é😀]{0,300}", which in 0..5_usize) {
        let sent = compress(ALL[which], text.as_bytes());
        let plain = text.into_bytes();
        prop_assert_eq!(expanded(&sent, None), Ok(plain.clone()));
        prop_assert_eq!(expanded(&plain, None), Ok(plain));
    }

    #[test]
    fn any_bytes_are_expanded_within_the_limit(bytes: Vec<u8>) {
        let limits = Limits { body_bytes_max: 100, ..Limits::DEFAULT };
        if let Ok(Cow::Owned(out)) = expand(&Body { bytes: &bytes, claimed: None }, &limits) {
            prop_assert!(out.len() <= 100);
        }
    }
}
