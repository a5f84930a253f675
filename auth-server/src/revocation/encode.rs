//! Bits to text: one bit per entry, least significant first, zlib at its best, base64url
//! (draft-ietf-oauth-status-list-21 §4.1, §4.2; matrix TSL-03, TSL-04).

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::store::status::{LIST_SIZE, Run};

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
    compress(&bytes)
}

fn compress(bytes: &[u8]) -> std::io::Result<String> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
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
        assert_eq!(compress(&[0xB9, 0xA3]).unwrap(), "eNrbuRgAAhcBXQ");
        let set = [0, 3, 4, 5, 7, 8, 9, 13, 15];
        let runs = set.map(|index| Run {
            first: index + LIST_SIZE,
            size: 1,
        });
        let bytes = unpacked(&lst(&runs).unwrap());
        assert_eq!(bytes.len() as i64 * 8, LIST_SIZE);
        assert_eq!(&bytes[..2], [0xB9, 0xA3]);
        assert!(bytes[2..].iter().all(|byte| *byte == 0));
    }

    /// TSL-11: an index that nobody has looks like one whose token is good.
    #[test]
    fn tsl_11_everything_is_valid_unless_revoked() {
        assert!(unpacked(&lst(&[]).unwrap()).iter().all(|byte| *byte == 0));
        assert!(lst(&[]).unwrap().len() < 300, "an empty list is small");
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
