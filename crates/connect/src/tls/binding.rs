//! The hash of a certificate that ties a SCRAM login to the TLS session it came by, so that nobody
//! in between can pass it on: `tls-server-end-point`, RFC 5929, section 4.1.

use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// The content of the object identifier of each algorithm that certificates are signed with, and
/// the hash that belongs to it (RFC 8017, appendix B.1; RFC 5758, section 3.2). MD5 and SHA-1 are
/// replaced by SHA-256. Of others (RSA-PSS, Ed25519) there is none.
const ALGORITHMS: [(&[u8], Hash); 9] = [
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", Hash::Sha256),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", Hash::Sha256),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", Hash::Sha256),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", Hash::Sha384),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", Hash::Sha512),
    (b"\x2a\x86\x48\xce\x3d\x04\x01", Hash::Sha256),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x02", Hash::Sha256),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x03", Hash::Sha384),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x04", Hash::Sha512),
];

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The hash of a certificate in DER. None if its signature's algorithm names none.
pub(super) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    Some(match hash_of(certificate)? {
        Hash::Sha256 => Sha256::digest(certificate).to_vec(),
        Hash::Sha384 => Sha384::digest(certificate).to_vec(),
        Hash::Sha512 => Sha512::digest(certificate).to_vec(),
    })
}

/// `Certificate ::= SEQUENCE { tbsCertificate, SEQUENCE { OBJECT IDENTIFIER, ... }, ... }`
fn hash_of(certificate: &[u8]) -> Option<Hash> {
    let (parts, _) = element(SEQUENCE, certificate)?;
    let (_, rest) = element(SEQUENCE, parts)?;
    let (algorithm, _) = element(SEQUENCE, rest)?;
    let (name, _) = element(OBJECT_IDENTIFIER, algorithm)?;
    let found = ALGORITHMS.iter().find(|(known, _)| *known == name);
    found.map(|(_, hash)| *hash)
}

/// The content of the first element, which has this tag, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = der.split_first_chunk()?;
    if found != tag {
        return None;
    }
    let (length, rest) = match usize::from(first) {
        short @ 0..=0x7f => (short, rest),
        // So many bytes of length; four gigabytes are enough.
        long @ 0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(long - 0x80)?;
            let length = bytes
                .iter()
                .fold(0, |length, &byte| length << 8 | usize::from(byte));
            (length, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As much of a certificate as is looked at, with a body of so many bytes.
    fn certificate(algorithm: &[u8], body: usize) -> Vec<u8> {
        let wrap = |tag: u8, content: Vec<u8>| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            let mut head = match content.len() {
                short @ 0..=0x7f => vec![tag, u8::try_from(short).unwrap()],
                0x80..=0xff => vec![tag, 0x81, length[1]],
                _ => vec![tag, 0x82, length[0], length[1]],
            };
            head.extend(content);
            head
        };
        let name = wrap(OBJECT_IDENTIFIER, algorithm.to_vec());
        let parts = [wrap(SEQUENCE, vec![0; body]), wrap(SEQUENCE, name)];
        wrap(SEQUENCE, parts.concat())
    }

    #[test]
    fn the_signature_names_the_hash() {
        for (algorithm, hash) in ALGORITHMS {
            for body in [0, 0x7f, 0x80, 0xff, 0x100, 5_000] {
                assert_eq!(hash_of(&certificate(algorithm, body)), Some(hash));
            }
        }
        let ecdsa_sha384 = certificate(ALGORITHMS[7].0, 9);
        assert_eq!(end_point(&ecdsa_sha384).unwrap().len(), 48);
        assert_eq!(end_point(&certificate(b"\x2b\x65\x70", 9)), None, "Ed25519");
    }

    #[test]
    fn what_is_cut_short_has_none() {
        let whole = certificate(ALGORITHMS[0].0, 300);
        for length in 0..whole.len() {
            assert_eq!(hash_of(&whole[..length]), None, "{length}");
        }
        assert_eq!(hash_of(&[SEQUENCE, 0x85, 0, 0, 0, 0, 1]), None);
    }
}
