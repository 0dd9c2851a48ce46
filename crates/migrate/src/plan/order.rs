//! The order of tables: parents before children, circles as one group.

/// The strongly connected components of `count` nodes, each after all that it depends on.
/// `needs` holds pairs (child, parent). Within a component, and between independent ones, nodes
/// keep the order of their numbers.
pub(crate) fn groups(count: usize, needs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let reach = reachable(count, needs);
    let mut done = vec![false; count];
    let mut groups = Vec::new();
    while groups.iter().map(Vec::len).sum::<usize>() < count {
        // A node is ready once everything it needs is done or needs it in turn.
        let ready = (0..count).find(|&node| {
            !done[node] && (0..count).all(|n| !reach[node][n] || done[n] || reach[n][node])
        });
        let first = ready.expect("the condensation of a graph has no circle");
        let group: Vec<usize> = (0..count)
            .filter(|&n| n == first || (reach[first][n] && reach[n][first]))
            .collect();
        for &node in &group {
            done[node] = true;
        }
        groups.push(group);
    }
    groups
}

/// Who can be reached from whom; cubic, for graphs of some hundred tables.
fn reachable(count: usize, needs: &[(usize, usize)]) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; count]; count];
    for &(child, parent) in needs {
        reach[child][parent] = true;
    }
    for via in 0..count {
        let targets = reach[via].clone();
        for row in &mut reach {
            if row[via] {
                for (to, there) in row.iter_mut().zip(&targets) {
                    *to |= there;
                }
            }
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_first_and_circles_together() {
        type Case = (
            usize,
            &'static [(usize, usize)],
            &'static [&'static [usize]],
        );
        let table: [Case; 4] = [
            (3, &[(0, 1), (1, 2)], &[&[2], &[1], &[0]]),
            (2, &[(0, 0)], &[&[0], &[1]]),
            (4, &[(0, 1), (1, 0), (1, 3), (2, 0)], &[&[3], &[0, 1], &[2]]),
            (0, &[], &[]),
        ];
        for (count, needs, expected) in table {
            assert_eq!(groups(count, needs), expected, "{needs:?}");
        }
    }
}
