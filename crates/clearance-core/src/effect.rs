//! What an action does to the world: [`Effect`], the vocabulary between knowledge (the
//! catalog) and policy.

use core::fmt;

macro_rules! effects {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What an action does to the world.
        ///
        /// The names (see [`Effect::as_str`]) are stable: packs and policies use them.
        ///
        /// # Examples
        ///
        /// ```
        /// use clearance_core::Effect;
        ///
        /// assert_eq!(Effect::DeleteTree.as_str(), "delete-tree");
        /// assert_eq!(Effect::parse("net-read"), Some(Effect::NetRead));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Effect {
            $($(#[$doc])* $variant,)*
        }

        impl Effect {
            /// Every effect, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

effects! {
    /// Nothing beyond computing and printing.
    Compute = "compute",
    /// Names or metadata of files are listed.
    List = "list",
    /// The contents of a path are read.
    Read = "read",
    /// A path is created or changed.
    Write = "write",
    /// A file is deleted.
    Delete = "delete",
    /// A directory is deleted with all below it, or an unbounded set of files.
    DeleteTree = "delete-tree",
    /// Mode, owner or attributes of a path change.
    ChangeMode = "change-mode",
    /// Code of the project runs: its scripts, tests, build.
    RunProject = "run-project",
    /// Code given on the command line runs and was not fully understood.
    RunInline = "run-inline",
    /// Code from the network runs.
    RunDownloaded = "run-downloaded",
    /// A program that is neither known nor the project's runs.
    RunOther = "run-other",
    /// Data comes from the network.
    NetRead = "net-read",
    /// Data goes to the network, or a remote service changes.
    NetWrite = "net-write",
    /// A port is opened for others.
    NetListen = "net-listen",
    /// A package is installed into the project or its own environment.
    InstallProject = "install-project",
    /// A package is installed for the user.
    InstallUser = "install-user",
    /// A package is installed for the whole machine.
    InstallSystem = "install-system",
    /// A package or release is published.
    Publish = "publish",
    /// Version control changes locally and reversibly (add, commit, switch).
    VcsLocal = "vcs-local",
    /// Version control discards work that is not recorded elsewhere.
    VcsDiscard = "vcs-discard",
    /// Version control rewrites history or destroys what recovery needs.
    VcsRewrite = "vcs-rewrite",
    /// Version control updates a ref of a remote.
    VcsPush = "vcs-push",
    /// Another process is signalled or traced.
    Process = "process",
    /// A service is started, stopped or configured.
    Service = "service",
    /// Privileges rise or another user acts.
    Privilege = "privilege",
    /// The system's configuration or state changes.
    System = "system",
    /// A device is written or formatted.
    Device = "device",
    /// A database is read.
    DbRead = "db-read",
    /// Rows or schema of a database change.
    DbChange = "db-change",
    /// Tables or databases are dropped.
    DbDestroy = "db-destroy",
    /// Containers or images are looked at.
    ContainerRead = "container-read",
    /// Containers or images change.
    ContainerChange = "container-change",
    /// Containers, images or volumes are destroyed.
    ContainerDestroy = "container-destroy",
    /// A cluster is read.
    ClusterRead = "cluster-read",
    /// A cluster changes.
    ClusterChange = "cluster-change",
    /// Cluster resources are destroyed.
    ClusterDestroy = "cluster-destroy",
    /// Cloud resources are read.
    CloudRead = "cloud-read",
    /// Cloud resources change.
    CloudChange = "cloud-change",
    /// Cloud resources are destroyed.
    CloudDestroy = "cloud-destroy",
    /// A secret is read or printed.
    Secret = "secret",
    /// A secret leaves the machine.
    Exfiltrate = "exfiltrate",
    /// Something is set up that runs code later (shell start-up files, hooks, schedules).
    Persist = "persist",
    /// The environment of later commands changes what they run.
    Environment = "environment",
    /// Something a person must answer: an editor, a pager, a prompt, a desktop program.
    Interactive = "interactive",
    /// It was not understood what happens.
    Unknown = "unknown",
}

impl Effect {
    /// The effect of that stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|e| e.as_str() == name)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Effect {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_parse_back() {
        for (i, &effect) in Effect::ALL.iter().enumerate() {
            assert_eq!(Effect::parse(effect.as_str()), Some(effect));
            assert!(
                Effect::ALL[..i]
                    .iter()
                    .all(|e| e.as_str() != effect.as_str())
            );
        }
        assert_eq!(Effect::parse("Read"), None);
    }
}
