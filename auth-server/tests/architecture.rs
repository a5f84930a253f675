//! The floor plan as a test (`docs/architecture.md`): imports go down, materials stay in their rooms,
//! files stay small and say what they are for. `plan` holds the tables, `source` reads files as text
//! without comments and strings, `rules` compares; `proof` shows on bad snippets that each rule fails.

#![expect(clippy::unwrap_used, reason = "the whole crate is a test")]

#[path = "architecture/plan.rs"]
mod plan;
#[path = "architecture/proof.rs"]
mod proof;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use plan::{HOUSES, MEMBERS};
use source::sources_of;

#[test]
fn imports_never_go_up_or_sideways() {
    let wrong: Vec<_> = HOUSES
        .iter()
        .flat_map(|house| rules::wrong_imports(house, &sources_of(house.name)))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_material_stays_in_its_room() {
    let wrong: Vec<_> = HOUSES
        .iter()
        .flat_map(|house| rules::misplaced_materials(house, &sources_of(house.name)))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_file_is_small_and_says_what_it_is_for() {
    let files: Vec<_> = MEMBERS
        .iter()
        .flat_map(|member| sources_of(member))
        .collect();
    let mut sizes: Vec<_> = files.iter().map(|file| file.production_lines).collect();
    sizes.sort_unstable();
    let at = |percent: usize| sizes[sizes.len() * percent / 100];
    println!(
        "{} files; production lines: median {}, p90 {}",
        sizes.len(),
        at(50),
        at(90)
    );
    let wrong: Vec<_> = files.iter().filter_map(rules::find_misshape).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
