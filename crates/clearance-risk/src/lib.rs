//! What programs do: the catalog of program specs, effects and score.
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
pub mod pack;
pub mod path;
mod run;
pub mod score;
pub mod secret;
pub mod spec;
pub mod store;
mod tasks;

pub use assess::{
    Assessment, InvocationReport, assess, assess_analysis, assess_read, assess_url, assess_write,
};
pub use catalog::Catalog;
pub use context::{Context, FileFacts};
pub use judge::{Call, Found, Judge, PushCall, Site};
pub use score::Thresholds;
