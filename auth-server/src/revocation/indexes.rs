//! Handing out indexes, from memory: one set of blocks for families, one for each client that asks for
//! tokens of its own. The next block is reserved while the last is half used.
//!
//! While the database is away, a client goes on with indexes of its last block: then several of its
//! tokens share a bit, and revoking one revokes the others, which errs on the safe side.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::block::Block;
use super::lifetimes::Lifetimes;
use super::reserve::{Reserved, reserve};
use crate::clock::Instant;
use crate::error::Fault;
use crate::model::ClientId;
use crate::random::Random;
use crate::store::Store;
use crate::store::status::{LONGEST_BLOCK, Run};

/// Indexes reserved at once for families.
const FAMILY_BLOCK: i64 = LONGEST_BLOCK;
/// The first block of a client; each that is used up within [`BUSY`] is followed by one twice as large.
const FIRST_CLIENT_BLOCK: i64 = 64;
const BUSY: Duration = Duration::from_mins(1);
/// A client with a block of old waits no longer than this for a new one.
const PATIENCE: Duration = Duration::from_millis(500);
/// After a reservation failed, clients with old blocks do not wait for another for this long.
const PAUSE: Duration = Duration::from_secs(5);
/// Clients kept in memory, as in the directory; beyond, the map starts anew.
const MAX_OWNERS: usize = 10_000;

/// Whose tokens an index is for; `None` for families.
type Owner = Option<ClientId>;

/// The indexes of this instance. Cheap to clone.
#[derive(Clone)]
pub(super) struct Indexes(Arc<Inner>);

struct Inner {
    store: Store,
    random: Random,
    lifetimes: Lifetimes,
    slots: Mutex<HashMap<Owner, Slot>>,
    /// One reservation at a time: instances compete, requests of one instance do not.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Slot {
    blocks: VecDeque<Block>,
    /// The newest block that has been used up.
    last: Option<Block>,
    next_size: i64,
    reserved_at: Option<Instant>,
    failed_at: Option<Instant>,
    is_refilling: bool,
}

impl Indexes {
    pub(super) fn new(store: Store, random: Random, lifetimes: Lifetimes) -> Self {
        Self(Arc::new(Inner {
            store,
            random,
            lifetimes,
            slots: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// An index that no other token or family has.
    ///
    /// # Errors
    /// When a block has to be reserved and the database does not answer.
    pub(super) async fn take(&self, owner: Owner, now: Instant) -> Result<i64, Fault> {
        loop {
            if let Some(index) = self.deal(&owner, now) {
                return Ok(index);
            }
            let Some(again) = self.find_old(&owner, now) else {
                self.refill(&owner, now).await?;
                continue;
            };
            let patience = if again.has_failed {
                Duration::ZERO
            } else {
                PATIENCE
            };
            let refill = tokio::time::timeout(patience, self.refill(&owner, now));
            if !matches!(refill.await, Ok(Ok(()))) {
                self.note_failure(&owner, now);
                metrics::counter!("status_indexes_reused_total").increment(1);
                return Ok(again.index);
            }
        }
    }

    /// Gives up blocks whose bits were set: what is dealt from them would be revoked already. A single
    /// bit is that of a token which has its index; only no other token shall get it again.
    pub(super) fn give_up(&self, revoked: Run) {
        let overlaps = |block: &Block| {
            let run = block.run();
            revoked.contains(run.first) || run.contains(revoked.first)
        };
        for slot in self.slots().values_mut() {
            if revoked.size > 1 {
                slot.blocks.retain(|block| !overlaps(block));
            }
            slot.last = slot.last.take().filter(|block| !overlaps(block));
        }
    }

    /// From memory. Sees to the next block when this one is half used.
    fn deal(&self, owner: &Owner, now: Instant) -> Option<i64> {
        let mut slots = self.slots();
        let slot = slots.get_mut(owner)?;
        while let Some(block) = slot.blocks.front_mut() {
            let Some(index) = block.deal(now) else {
                slot.last = slot.blocks.pop_front();
                continue;
            };
            let is_short = slot.blocks.len() == 1 && slot.blocks.iter().all(Block::is_running_out);
            if is_short && !slot.is_refilling && !has_failed(slot, now) {
                slot.is_refilling = true;
                drop(slots);
                self.refill_behind(owner.clone(), now);
            }
            return Some(index);
        }
        None
    }

    fn find_old(&self, owner: &Owner, now: Instant) -> Option<Again> {
        owner.as_ref()?;
        let slots = self.slots();
        let slot = slots.get(owner)?;
        let index = slot.last.as_ref()?.deal_again(&self.0.random);
        Some(Again {
            index,
            has_failed: has_failed(slot, now),
        })
    }

    /// Reserves a block, unless somebody has while this waited for its turn.
    async fn refill(&self, owner: &Owner, now: Instant) -> Result<(), Fault> {
        let _turn = self.0.turn.lock().await;
        if self
            .slots()
            .get(owner)
            .is_some_and(|slot| !slot.blocks.is_empty())
        {
            return Ok(());
        }
        self.add_block(owner, now).await
    }

    fn refill_behind(&self, owner: Owner, now: Instant) {
        let indexes = self.clone();
        tokio::spawn(async move {
            let done = {
                let _turn = indexes.0.turn.lock().await;
                indexes.add_block(&owner, now).await
            };
            if let Some(slot) = indexes.slots().get_mut(&owner) {
                slot.is_refilling = false;
            }
            if let Err(fault) = done {
                tracing::debug!(cause = fault.chain(), "no further places are reserved yet");
                indexes.note_failure(&owner, now);
            }
        });
    }

    async fn add_block(&self, owner: &Owner, now: Instant) -> Result<(), Fault> {
        let size = self.next_size(owner, now);
        let (store, lifetimes) = (&self.0.store, self.0.lifetimes);
        let Reserved { run, list } = reserve(store, lifetimes, owner.as_ref(), (size, now)).await?;
        let block = Block::new(run, lifetimes.hands_out_until(list), &self.0.random);
        let mut slots = self.slots();
        if slots.len() >= MAX_OWNERS && !slots.contains_key(owner) {
            slots.clear();
        }
        let slot = slots.entry(owner.clone()).or_default();
        slot.blocks.push_back(block);
        slot.next_size = size;
        slot.reserved_at = Some(now);
        slot.failed_at = None;
        Ok(())
    }

    fn next_size(&self, owner: &Owner, now: Instant) -> i64 {
        if owner.is_none() {
            return FAMILY_BLOCK;
        }
        let slots = self.slots();
        let before = slots
            .get(owner)
            .and_then(|slot| Some((slot.next_size, slot.reserved_at?)));
        match before {
            Some((size, at)) if now.since(at) < BUSY => (size * 2).min(LONGEST_BLOCK),
            Some((size, _)) => (size / 2).max(FIRST_CLIENT_BLOCK),
            None => FIRST_CLIENT_BLOCK,
        }
    }

    fn note_failure(&self, owner: &Owner, now: Instant) {
        if let Some(slot) = self.slots().get_mut(owner) {
            slot.failed_at.get_or_insert(now);
            if !has_failed(slot, now) {
                slot.failed_at = Some(now);
            }
        }
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Owner, Slot>> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a client goes on with when there is nothing new.
struct Again {
    index: i64,
    has_failed: bool,
}

fn has_failed(slot: &Slot, now: Instant) -> bool {
    slot.failed_at
        .is_some_and(|at| now >= at && now.since(at) < PAUSE)
}
