//! An engine that keeps no picture: it counts what each feed brings.

use node::event::{Event, Handle, Outbox};
use node::metrics::Metrics;
use surveillance::Time;

/// Counts bytes by feed.
#[derive(Debug, Default)]
pub(crate) struct Idle {
    metrics: Metrics,
}

impl Handle for Idle {
    fn handle(&mut self, event: &Event, _: Time, _: &mut Outbox) {
        let (Event::Received { feed, .. } | Event::FeedShed { feed, .. }) = event else { return };
        let index = usize::from(feed.0);
        while self.metrics.feeds.len() <= index {
            let name = format!("feed {}", self.metrics.feeds.len());
            self.metrics.feeds.push(node::metrics::FeedMetrics { name, ..Default::default() });
        }
        let counts = &mut self.metrics.feeds[index];
        match event {
            Event::Received { bytes, .. } => counts.bytes += bytes.len() as u64,
            Event::FeedShed { bytes, .. } => counts.shed_bytes += bytes,
            _ => {}
        }
    }

    fn metrics(&self, _: Time) -> Metrics {
        self.metrics.clone()
    }
}
