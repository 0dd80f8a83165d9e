//! The configuration as it is written: what `serde` reads.

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
pub(super) struct RawConfig {
    #[serde(default)]
    pub(super) rules: Vec<RawRule>,
    #[serde(default)]
    pub(super) allowlist: Option<RawAllow>,
    #[serde(default)]
    pub(super) allowlists: Vec<RawAllow>,
    #[serde(default)]
    pub(super) extend: RawExtend,
}

#[derive(Deserialize, Default)]
pub(super) struct RawExtend {
    #[serde(default)]
    pub(super) path: Option<String>,
    #[serde(default, rename = "disabledRules")]
    pub(super) disabled: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawRule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) regex: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) path: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) keywords: Vec<String>,
    #[serde(default)]
    pub(super) entropy: f64,
    #[serde(default)]
    pub(super) secret_group: usize,
    #[serde(default)]
    pub(super) allowlist: Option<RawAllow>,
    #[serde(default)]
    pub(super) allowlists: Vec<RawAllow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawAllow {
    #[serde(default)]
    pub(super) condition: String,
    #[serde(default)]
    pub(super) regex_target: String,
    #[serde(default)]
    pub(super) regexes: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) paths: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) stopwords: Vec<String>,
    #[serde(default)]
    pub(super) commits: Vec<String>,
}
