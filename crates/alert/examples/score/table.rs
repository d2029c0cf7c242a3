//! Tables of scores, and how sure they are.

/// Wilson's interval of 95 % of a share found in so many (Wilson 1927), in per cent.
pub(crate) fn wilson(found: u32, of: u32) -> Option<[f64; 2]> {
    if of == 0 {
        return None;
    }
    let (n, z) = (f64::from(of), 1.96);
    let share = f64::from(found) / n;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    Some([middle - half, middle + half].map(|end| (100.0 * end / scale).clamp(0.0, 100.0)))
}

/// Told of those due, with the interval; a dash where none was due.
pub(crate) fn share(told: u32, due: u32) -> String {
    match wilson(told, due) {
        Some([low, high]) => format!("{told} of {due} ({low:.0}–{high:.0} %)"),
        None => "–".to_owned(),
    }
}

/// The value below which this share of sorted values is.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> String {
    let Some(last) = sorted.len().checked_sub(1) else { return "–".to_owned() };
    format!("{:.0}", sorted[(share * last as f64).round() as usize])
}

/// What is told so long before it is due, seconds, is told of it: noise passes a threshold sooner.
const EARLY_S: f64 = 5.0;

/// Runs of one kind of what a rule tells after it began.
#[derive(Debug, Default)]
pub(crate) struct Score {
    due: u32,
    told: u32,
    in_vain: u32,
    flown_s: usize,
    after_s: Vec<f64>,
}

impl Score {
    /// Takes a run: when what is to be told began, and when alerts opened. What opened before, where
    /// nothing was due, or again though it was told, is in vain.
    pub(crate) fn take(&mut self, due_s: Option<f64>, told_s: &[f64], flown_s: usize, many: bool) {
        self.flown_s += flown_s;
        let Some(due_s) = due_s else {
            self.in_vain += told_s.len() as u32;
            return;
        };
        self.due += 1;
        let from_s = due_s - EARLY_S;
        let early = told_s.iter().filter(|at_s| **at_s < from_s).count();
        let after = told_s.len() - early;
        self.in_vain += (early + if many { 0 } else { after.saturating_sub(1) }) as u32;
        if let Some(at_s) = told_s.iter().copied().filter(|at_s| *at_s >= from_s).reduce(f64::min) {
            self.told += 1;
            self.after_s.push(at_s - due_s);
        }
    }

    pub(crate) fn print(&mut self, name: &str, sensors: &str) {
        self.after_s.sort_by(f64::total_cmp);
        println!(
            "| {name} | {sensors} | {} | {} | {} | {} | {:.2} |",
            share(self.told, self.due),
            quantile(&self.after_s, 0.5),
            quantile(&self.after_s, 0.95),
            self.in_vain,
            f64::from(self.in_vain) * 3_600.0 / self.flown_s as f64
        );
    }
}

pub(crate) fn heading(title: &str) {
    println!("\n### {title}\n");
    println!(
        "| what happens | sensors | told, of those due | after, s, median | 95 % | told in vain | in vain an hour flown |"
    );
    println!("|---|---|---|---|---|---|---|");
}
