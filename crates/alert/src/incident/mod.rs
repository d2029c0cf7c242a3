//! Incidents: what people do about one or more alerts, in a log that only grows.
