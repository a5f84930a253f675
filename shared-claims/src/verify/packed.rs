//! The unpacked bytes of a status list: 1, 2, 4 or 8 bits per entry, least significant first
//! (draft-ietf-oauth-status-list-21 §4.1).
//!
//! Entries are read while others are set, without a lock. They can be set one by one, never
//! cleared: what clears a bit is a newer list, signed by the issuer.

use std::{
    fmt,
    io::Read as _,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};

use flate2::read::ZlibDecoder;

use super::{StatusListError, base64url};

/// The most bytes a list may unpack to: eight million entries of one bit.
pub const MAX_STATUS_BYTES: usize = 1024 * 1024;

/// Entries of equal width.
pub(super) struct Packed {
    bits: u8,
    bytes: Box<[AtomicU8]>,
}

impl Packed {
    /// Unpacks `lst`. Stops at [`MAX_STATUS_BYTES`], whatever the compressed bytes promise.
    pub(super) fn unpack(bits: u8, lst: &str) -> Result<Self, StatusListError> {
        if !matches!(bits, 1 | 2 | 4 | 8) {
            return Err(StatusListError::Malformed);
        }
        let compressed = base64url::decode(lst).ok_or(StatusListError::Malformed)?;
        let mut bytes = Vec::new();
        let mut limited = ZlibDecoder::new(&*compressed).take(MAX_STATUS_BYTES as u64 + 1);
        limited
            .read_to_end(&mut bytes)
            .map_err(|_| StatusListError::Malformed)?;
        match bytes.len() {
            0 => Err(StatusListError::Malformed),
            1..=MAX_STATUS_BYTES => Ok(Self {
                bits,
                bytes: bytes.into_iter().map(AtomicU8::new).collect(),
            }),
            _ => Err(StatusListError::TooLarge),
        }
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64 * u64::from(8 / self.bits)
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The entry at `idx`, `None` beyond the end.
    pub(super) fn find(&self, idx: u64) -> Option<u8> {
        let (byte, shift) = self.place(idx)?;
        Some(byte.load(Relaxed) >> shift & self.mask())
    }

    /// Makes a valid entry invalid; any other stays what it is. `false` beyond the end.
    pub(super) fn deny(&self, idx: u64) -> bool {
        let Some((byte, shift)) = self.place(idx) else {
            return false;
        };
        let mask = self.mask() << shift;
        let invalid = 1 << shift;
        // An error says that the entry was not valid any more.
        let _ = byte.fetch_update(Relaxed, Relaxed, |before| {
            (before & mask == 0).then_some(before | invalid)
        });
        true
    }

    /// Whether no entry that is valid here is anything else in `other`, which may be shorter.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.bits == other.bits
            && self.bytes.len() >= other.bytes.len()
            && self.bytes.iter().zip(&other.bytes).all(|(own, other)| {
                let (own, other) = (own.load(Relaxed), other.load(Relaxed));
                own & other == other
            })
    }

    fn mask(&self) -> u8 {
        u8::MAX >> (8 - self.bits)
    }

    fn place(&self, idx: u64) -> Option<(&AtomicU8, u32)> {
        let per_byte = u64::from(8 / self.bits);
        let byte = self.bytes.get(usize::try_from(idx / per_byte).ok()?)?;
        let within = u32::try_from(idx % per_byte).ok()?;
        Some((byte, within * u32::from(self.bits)))
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packed")
            .field("bits", &self.bits)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use flate2::{Compression, write::ZlibEncoder};
    use proptest::prelude::*;
    use std::io::Write as _;

    fn lst(bytes: &[u8]) -> String {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(bytes).unwrap();
        URL_SAFE_NO_PAD.encode(zlib.finish().unwrap())
    }

    fn statuses(packed: &Packed) -> Vec<u8> {
        (0..packed.len())
            .map(|idx| packed.find(idx).unwrap())
            .collect()
    }

    /// TSL-03, TSL-04, TV-03
    #[test]
    fn the_vector_of_the_draft_is_read() {
        let packed = Packed::unpack(1, "eNrbuRgAAhcBXQ").unwrap();
        assert_eq!(
            statuses(&packed),
            [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
        );
        assert_eq!(packed.find(16), None);
        assert_eq!(packed.find(u64::MAX), None);
    }

    /// TSL-04: the example of §4.1 with two bits.
    #[test]
    fn two_bits_are_read_least_significant_first() {
        let packed = Packed::unpack(2, &lst(&[0xC9, 0x44, 0xF9])).unwrap();
        assert_eq!(statuses(&packed), [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    }

    /// TSL-23
    #[test]
    fn a_bomb_is_stopped_at_the_cap() {
        assert!(Packed::unpack(8, &lst(&vec![0; MAX_STATUS_BYTES])).is_ok());
        let bomb = lst(&vec![0; 64 * MAX_STATUS_BYTES]);
        assert!(bomb.len() < 100_000);
        assert_eq!(
            Packed::unpack(1, &bomb).err(),
            Some(StatusListError::TooLarge)
        );
    }

    #[test]
    fn what_is_not_a_packed_list_is_malformed() {
        let good = lst(&[1, 2, 3, 4, 5, 6, 7, 8]);
        for bits in [0, 3, 5, 16, 255] {
            assert!(Packed::unpack(bits, &good).is_err(), "{bits}");
        }
        for text in [
            "",
            "eNrbuRgAAhcBXQ==",
            "AAAA",
            &lst(&[]),
            &good[..good.len() - 8],
        ] {
            assert_eq!(
                Packed::unpack(1, text).err(),
                Some(StatusListError::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn an_older_list_is_told_by_the_bit_it_lacks() {
        let both = Packed::unpack(1, &lst(&[0b11])).unwrap();
        let one = Packed::unpack(1, &lst(&[0b01])).unwrap();
        assert!(both.covers(&one) && both.covers(&both));
        assert!(!one.covers(&both));
        assert!(!both.covers(&Packed::unpack(2, &lst(&[0b01])).unwrap()));
        let longer = Packed::unpack(1, &lst(&[0b11, 0])).unwrap();
        assert!(!both.covers(&longer));
        assert!(longer.covers(&both));
    }

    proptest! {
        #[test]
        fn denying_changes_one_entry_and_only_a_valid_one(
            bits in prop::sample::select(vec![1u8, 2, 4, 8]),
            bytes in prop::collection::vec(any::<u8>(), 1..40),
            idx in any::<prop::sample::Index>(),
        ) {
            let packed = Packed::unpack(bits, &lst(&bytes)).unwrap();
            let mut expected = statuses(&packed);
            let idx = idx.index(expected.len());
            if expected[idx] == 0 {
                expected[idx] = 1;
            }
            prop_assert!(packed.deny(idx as u64));
            prop_assert_eq!(statuses(&packed), expected);
            prop_assert!(!packed.deny(packed.len()));
        }

        #[test]
        fn no_text_makes_it_panic(bits in any::<u8>(), text in "[A-Za-z0-9_-]{0,60}") {
            let _ = Packed::unpack(bits, &text);
        }
    }
}
