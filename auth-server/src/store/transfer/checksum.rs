//! A checksum over the rows of a table that does not depend on their order: PostgreSQL sorts texts by
//! the language of the database, the others by bytes, and both must come to the same.
//!
//! Each row is hashed by itself (SHA-256), and the hashes are added up as 256-bit numbers. Unlike XOR,
//! a sum notices a row that is there twice. It finds accidents, it is no seal against forgers.

use sha2::{Digest as _, Sha256};

use super::cell::{Cell, Row};

/// Four limbs, lowest first.
type Limbs = [u64; 4];

/// Rows seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Checksum {
    sum: Limbs,
    rows: u64,
}

impl Checksum {
    /// Of all these rows.
    pub(super) fn of(rows: &[Row]) -> Self {
        let mut checksum = Self::default();
        for row in rows {
            checksum.add(row);
        }
        checksum
    }

    /// One row more.
    pub(super) fn add(&mut self, row: &[Cell]) {
        let mut hash = Sha256::new();
        for cell in row {
            cell.feed(&mut hash);
        }
        self.sum = sum(self.sum, limbs(hash.finalize().into()));
        self.rows += 1;
    }

    /// How many rows that were.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// 64 hexadecimal digits.
    pub(super) fn to_text(self) -> String {
        let mut highest_first = self.sum;
        highest_first.reverse();
        highest_first.map(|limb| format!("{limb:016x}")).concat()
    }
}

fn limbs(hash: [u8; 32]) -> Limbs {
    let (words, _) = hash.as_chunks::<8>();
    let mut limbs = Limbs::default();
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    limbs
}

/// Modulo 2^256.
fn sum(mut left: Limbs, right: Limbs) -> Limbs {
    let mut carry = false;
    for (left, right) in left.iter_mut().zip(right) {
        (*left, carry) = left.carrying_add(right, carry);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::super::cell::Kind;
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn rows_may_come_in_any_order_but_each_counts() {
        let (a, b) = (vec![text("a")], vec![text("b")]);
        let of = |rows: &[&Vec<Cell>]| {
            Checksum::of(&rows.iter().map(|row| (*row).clone()).collect::<Vec<_>>())
        };
        assert_eq!(of(&[&a, &b]), of(&[&b, &a]));
        assert_ne!(of(&[&a]), of(&[&b]));
        assert_ne!(of(&[]).to_text(), of(&[&a, &a]).to_text());
        assert_ne!(of(&[&a]).to_text(), of(&[&a, &b, &b]).to_text());
    }

    #[test]
    fn values_that_look_alike_are_told_apart() {
        let rows = [
            vec![text(""), text("ab")],
            vec![text("a"), text("b")],
            vec![text("ab"), text("")],
            vec![text("ab"), Cell::Null(Kind::Text)],
            vec![Cell::Bytes(b"ab".to_vec()), text("")],
            vec![Cell::Integer(1), Cell::Flag(false)],
            vec![Cell::Flag(true), Cell::Integer(0)],
        ];
        let texts: std::collections::HashSet<String> = rows
            .iter()
            .map(|row| Checksum::of(std::slice::from_ref(row)).to_text())
            .collect();
        assert_eq!(texts.len(), rows.len());
    }

    /// SHA-256 of the encoding, computed elsewhere: reports of two versions can be compared.
    #[test]
    fn the_encoding_is_pinned() {
        let checksum = Checksum::of(&[vec![text("a"), Cell::Integer(-2), Cell::Null(Kind::Flag)]]);
        assert_eq!(
            checksum.to_text(),
            "db70fead62651cdc3ba7ee62da0c8338f4601bb6c14a6dd2bfa3bcad79a087a8"
        );
    }

    #[test]
    fn the_sum_carries_over() {
        assert_eq!(sum([u64::MAX; 4], [1, 0, 0, 0]), [0; 4]);
        assert_eq!(sum([u64::MAX, 0, 0, 0], [2, 0, 0, 7]), [1, 1, 0, 7]);
    }
}
