//! The words of messages.

use clearance_core::Effect;
use clearance_shell::invocation::Reason;

use crate::spec::WordRole;

/// What an effect does, after the name of a program.
#[must_use]
pub const fn describe(effect: Effect) -> &'static str {
    match effect {
        Effect::Write => "writes files",
        Effect::Delete => "deletes files",
        Effect::DeleteTree => "deletes whole directories",
        Effect::ChangeMode => "changes modes or owners",
        Effect::RunProject => "runs code of the project",
        Effect::RunInline => "runs code that was not understood",
        Effect::RunDownloaded => "runs code from the network",
        Effect::RunOther => "runs another program",
        Effect::NetRead => "reads from the network",
        Effect::NetWrite => "sends to the network or changes a remote service",
        Effect::NetListen => "opens a port",
        Effect::InstallProject => "installs into the project",
        Effect::InstallUser => "installs for the user",
        Effect::InstallSystem => "installs for the whole machine",
        Effect::Publish => "publishes",
        Effect::VcsLocal => "changes the repository locally",
        Effect::VcsDiscard => "discards work that is not recorded elsewhere",
        Effect::VcsRewrite => "rewrites history",
        Effect::VcsPush => "updates a remote repository",
        Effect::Process => "signals or traces processes",
        Effect::Service => "controls services",
        Effect::Privilege => "acts with other privileges",
        Effect::System => "changes the system",
        Effect::Device => "writes to a device",
        Effect::DbRead => "reads a database",
        Effect::DbChange => "changes a database",
        Effect::DbDestroy => "drops tables or databases",
        Effect::ContainerRead => "looks at containers",
        Effect::ContainerChange => "changes containers or images",
        Effect::ContainerDestroy => "destroys containers, images or volumes",
        Effect::ClusterRead => "reads a cluster",
        Effect::ClusterChange => "changes a cluster",
        Effect::ClusterDestroy => "destroys cluster resources",
        Effect::CloudRead => "reads cloud resources",
        Effect::CloudChange => "changes cloud resources",
        Effect::CloudDestroy => "destroys cloud resources",
        Effect::Secret => "reads or prints secrets",
        Effect::Exfiltrate => "sends a secret away",
        Effect::Persist => "sets up code that runs later",
        Effect::Environment => "changes what later commands run",
        Effect::Interactive => "waits for a person",
        _ => "does something that was not understood",
    }
}

pub(crate) const fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Write => "writes",
        Effect::Delete => "deletes",
        Effect::DeleteTree => "deletes everything below",
        Effect::ChangeMode => "changes the mode or owner of",
        Effect::RunProject => "runs",
        _ => "reads",
    }
}

pub(crate) const fn role_verb(role: WordRole) -> &'static str {
    match role {
        WordRole::Delete => "deletes",
        WordRole::DeleteTree => "deletes everything below",
        WordRole::Mode => "changes the mode or owner of",
        WordRole::Move => "moves",
        WordRole::Run => "runs",
        _ => "writes",
    }
}

/// Why something is not determined, as a sentence.
#[must_use]
pub const fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::UnknownVariable => "the value of a variable is not known",
        Reason::Assigned => "what the script sets a variable to is not known",
        Reason::CommandOutput => "the output of a command is not known",
        Reason::Parameter => "a parameter is not known",
        Reason::Arithmetic => "arithmetic on names that need not be numbers",
        Reason::Reexpansion => "text that is expanded again",
        Reason::Indirect => "a name that is computed at run time",
        Reason::Subscript => "a subscript that the shell evaluates",
        Reason::Glob => "the result of a pattern is not known",
        Reason::TooMany => "too many alternatives",
        Reason::DynamicCode => "code that is not known is run",
        Reason::HeredocInSubstitution => "a here-document inside a substitution",
        Reason::Dialect => "shells differ on this construct",
        Reason::Syntax => "the text is not valid shell",
        Reason::Binary => "bytes that a shell refuses",
        Reason::Limit => "too deep, too long or too many steps",
        Reason::Redefinition => "a command was redefined in a way that was not followed",
        Reason::ShellState => "the state of the shell is not known",
        _ => "not determined",
    }
}
