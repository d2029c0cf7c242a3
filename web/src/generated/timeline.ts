// Generated from crates/node/src/wire/timeline.rs by `cargo xtask codegen`: do not edit.

/**
 * One minute.
 */
export type TimelineMinute = { 
/**
 * When it began, milliseconds since 1970.
 */
at_ms: number, 
/**
 * Most tracks at one time.
 */
tracks: number, 
/**
 * Alerts that opened: advisories, cautions, warnings.
 */
opened: [number, number, number], 
/**
 * Feeds whose stream did not stand at one time or another, by name.
 */
down: Array<string>, };

/**
 * What happened since a given instant.
 */
export type TimelineTold = { 
/**
 * Now, milliseconds since 1970.
 */
now_ms: number, 
/**
 * Whether what was can be looked at again: something is recorded here.
 */
recorded: boolean, 
/**
 * Oldest first, the one that is under way last. Minutes in which the node did not run are missing.
 */
minutes: Array<TimelineMinute>, };
