//! The rules, each a function from prepared files to sentences about what is wrong.

use std::collections::BTreeSet;

use crate::{
    plan::{House, Material},
    source::Source,
};

/// No file may have more production lines.
const MOST_LINES: usize = 350;

/// Imports that go up or sideways, rooms that are on no floor, and doors that nobody uses.
pub(crate) fn wrong_imports(house: &House, files: &[Source]) -> Vec<String> {
    if house.floors.is_empty() {
        return Vec::new();
    }
    let mut used = BTreeSet::new();
    let mut wrong: Vec<_> = files
        .iter()
        .flat_map(|file| wrong_imports_of(house, file, &mut used))
        .collect();
    let unused = house
        .doors
        .iter()
        .filter(|door| !used.contains(&(door.from, door.to)));
    wrong.extend(unused.map(|door| {
        format!(
            "{}: nobody goes from `{}` to `{}`; close that door",
            house.name, door.from, door.to
        )
    }));
    wrong
}

fn wrong_imports_of(
    house: &House,
    file: &Source,
    used: &mut BTreeSet<(&'static str, &'static str)>,
) -> Vec<String> {
    let floor_of = |room: &str| {
        house
            .floors
            .iter()
            .position(|floor| floor.rooms.contains(&room))
    };
    let from = file.room();
    let Some(own) = floor_of(from) else {
        return vec![format!(
            "{}: the room `{from}` is on no floor of the plan",
            file.label
        )];
    };
    let mut wrong = Vec::new();
    for to in file.imported_rooms().into_iter().filter(|to| to != from) {
        let way = match floor_of(&to) {
            None => "is on no floor of the plan",
            Some(floor) if floor < own || floor == own && house.floors[own].is_open => continue,
            Some(floor) if floor > own => "goes up",
            Some(_) => "goes sideways",
        };
        match house
            .doors
            .iter()
            .find(|door| door.from == from && door.to == to)
        {
            Some(door) => drop(used.insert((door.from, door.to))),
            None => wrong.push(format!(
                "{}: `{from}` imports `{to}`, which {way}",
                file.label
            )),
        }
    }
    wrong
}

/// Materials outside their rooms, and exceptions that nobody uses.
pub(crate) fn misplaced_materials(house: &House, files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Material {
        name,
        signs,
        rooms,
        exceptions,
    } in house.materials
    {
        let mut unused: BTreeSet<_> = exceptions.iter().map(|(path, _)| *path).collect();
        for file in files
            .iter()
            .filter(|file| !rooms.iter().any(|room| file.is_in(room)))
        {
            let Some(sign) = signs.iter().find(|sign| file.names(sign)) else {
                continue;
            };
            match exceptions.iter().find(|(path, _)| file.is_in(path)) {
                Some((path, _)) => drop(unused.remove(path)),
                None => wrong.push(format!(
                    "{}: `{sign}` shows {name}, which belongs to {}",
                    file.label,
                    rooms.join(", ")
                )),
            }
        }
        let unused = unused.into_iter();
        wrong.extend(unused.map(|path| {
            format!(
                "{}: `{path}` no longer needs its exception for {name}",
                house.name
            )
        }));
    }
    wrong
}

/// A file too large, or one that does not begin by saying what it is for.
pub(crate) fn find_misshape(file: &Source) -> Option<String> {
    let Source {
        label,
        first_line,
        production_lines,
        ..
    } = file;
    if !first_line.starts_with("//! ") {
        return Some(format!("{label}: does not begin with a `//!` line"));
    }
    (*production_lines > MOST_LINES)
        .then(|| format!("{label}: {production_lines} production lines; {MOST_LINES} is the most"))
}
