//! Airspace: volumes with limits, times and permissions, and which of them hold a position.
