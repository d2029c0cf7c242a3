//! Flight plans: messages about them, their routes, and which track flies which.
