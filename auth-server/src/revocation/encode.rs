//! Bits to text: one bit per entry, least significant first, zlib, base64url
//! (draft-ietf-oauth-status-list-21 §4.1, §4.2; matrix TSL-03, TSL-04).
//!
//! The draft recommends the best compression. It is what nearly all lists get; of one with thousands
//! of set bits it takes off another eighth for twelve times the work, while bits are being set.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::store::status::{LIST_SIZE, Run};

/// Set bits up to which the best compression is cheap.
const FEW: i64 = 4096;

/// `lst` of a list whose bits are set in these runs.
///
/// # Errors
/// Never, as far as anybody knows: it writes to memory.
pub(super) fn lst(runs: &[Run]) -> std::io::Result<String> {
    let mut bytes = vec![0_u8; usize::try_from(LIST_SIZE / 8).unwrap_or_default()];
    for run in runs {
        let first = run.first.rem_euclid(LIST_SIZE);
        for index in first..(first + run.size).min(LIST_SIZE) {
            if let Some(byte) = usize::try_from(index / 8)
                .ok()
                .and_then(|at| bytes.get_mut(at))
            {
                *byte |= 1 << (index % 8);
            }
        }
    }
    let set_bits: i64 = runs.iter().map(|run| run.size).sum();
    let level = if set_bits <= FEW {
        Compression::best()
    } else {
        Compression::default()
    };
    compress(&bytes, level)
}

fn compress(bytes: &[u8], level: Compression) -> std::io::Result<String> {
    let mut zlib = ZlibEncoder::new(Vec::new(), level);
    zlib.write_all(bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(zlib.finish()?))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;
    use proptest::prelude::*;

    use super::*;

    fn unpacked(text: &str) -> Vec<u8> {
        let compressed = URL_SAFE_NO_PAD.decode(text).unwrap();
        let mut bytes = Vec::new();
        ZlibDecoder::new(&*compressed)
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    }

    /// TSL-03, TSL-04, TV-03: the vector of the draft. The compressed bytes may differ between
    /// libraries; what they say may not.
    #[test]
    fn tv_03_the_vector_of_the_draft() {
        assert_eq!(unpacked("eNrbuRgAAhcBXQ"), [0xB9, 0xA3]);
        assert_eq!(
            compress(&[0xB9, 0xA3], Compression::best()).unwrap(),
            "eNrbuRgAAhcBXQ"
        );
        let set = [0, 3, 4, 5, 7, 8, 9, 13, 15];
        let runs = set.map(|index| Run {
            first: index + LIST_SIZE,
            size: 1,
        });
        let bytes = unpacked(&lst(&runs).unwrap());
        assert_eq!(i64::try_from(bytes.len() * 8).unwrap(), LIST_SIZE);
        assert_eq!(&bytes[..2], [0xB9, 0xA3]);
        assert!(bytes[2..].iter().all(|byte| *byte == 0));
    }

    /// TSL-11: an index that nobody has looks like one whose token is good.
    #[test]
    fn tsl_11_everything_is_valid_unless_revoked() {
        assert!(unpacked(&lst(&[]).unwrap()).iter().all(|byte| *byte == 0));
        assert!(lst(&[]).unwrap().len() < 300, "an empty list is small");
    }

    /// The figures of docs/revocation.md.
    #[test]
    fn a_list_is_as_large_as_what_is_revoked_in_it() {
        for (revoked, most) in [
            (0, 300),
            (100, 900),
            (1_000, 4_000),
            (10_000, 25_000),
            (50_000, 75_000),
        ] {
            let random = crate::random::Random::seeded(1);
            let runs: Vec<Run> = (0..revoked)
                .map(|_| {
                    let first = i64::from(u32::from_le_bytes(random.bytes()) % (1 << 20));
                    Run { first, size: 1 }
                })
                .collect();
            let began = std::time::Instant::now();
            let text = lst(&runs).unwrap();
            println!(
                "{revoked} revoked: {} bytes in {:?}",
                text.len(),
                began.elapsed()
            );
            assert!(text.len() < most, "{revoked}: {}", text.len());
        }
    }

    proptest! {
        #[test]
        fn exactly_the_bits_of_the_runs_are_set(
            runs in prop::collection::vec((0_i64..LIST_SIZE - 5000, 1_i64..4096), 0..20),
        ) {
            let runs: Vec<Run> = runs.into_iter().map(|(first, size)| Run { first, size }).collect();
            let bytes = unpacked(&lst(&runs).unwrap());
            for index in (0..LIST_SIZE).step_by(17) {
                let is_set = bytes[usize::try_from(index / 8).unwrap()] >> (index % 8) & 1 == 1;
                prop_assert_eq!(is_set, runs.iter().any(|run| run.contains(index)));
            }
        }
    }
}
