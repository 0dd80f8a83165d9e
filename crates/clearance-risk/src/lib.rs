//! What programs do: the catalog of program specs, the effects of a script, and the score.
//!
//! Start with [`assess`](fn@assess): a script, a [`Context`] and a [`Catalog`] in, an [`Assessment`] out.
//! Knowledge is data (`packs/*.toml`, see `docs/PACKS.md`), turned into static tables when the
//! crate is built: what programs do with their words, and lists of names. What data cannot say is
//! in [`handlers`] and, for inline programs, in [`code`]. A company's own programs are added by
//! [`Catalog::with_pack`].
//!
//! Left to others: what a text means to a shell (clearance-shell), which paths hold secrets
//! (clearance-sensitive), what a push updates in a given repository (clearance-branch), rules and
//! approvals (clearance-policy). Whoever only wants a decision uses the facade `clearance`.
//!
//! # Examples
//!
//! ```
//! use clearance_core::Verdict;
//! use clearance_risk::{Catalog, Context, Thresholds, assess};
//!
//! let context = Context::new(b"/home/dev/project").with_home(b"/home/dev");
//! let judge = |script: &str| {
//!     assess(script.as_bytes(), &context, &Catalog::builtin(), Thresholds::default()).verdict
//! };
//! assert_eq!(judge("cd src && ls -la | head -5"), Verdict::Allow);
//! assert_eq!(judge("echo x > ~/.bashrc"), Verdict::Ask);
//! assert_eq!(judge("rm -rf /"), Verdict::Deny);
//! ```
#![forbid(unsafe_code)]

pub mod arg;
pub mod assess;
pub mod catalog;
pub mod code;
pub mod context;
pub mod env;
pub mod handlers;
pub mod intern;
pub mod judge;
pub mod matcher;
mod names;
pub mod pack;
pub mod path;
mod run;
pub mod score;
pub mod secret;
mod session;
pub mod spec;
pub mod store;
mod strangers;
mod tasks;
mod traps;

pub use assess::{
    Assessment, InvocationReport, assess, assess_analysis, assess_each, assess_read, assess_url,
    assess_write,
};
pub use catalog::Catalog;
pub use context::{Context, FileFacts};
pub use judge::{Call, Found, GitCall, Judge, PushCall, Site};
pub use score::Thresholds;
pub use session::Judged;
