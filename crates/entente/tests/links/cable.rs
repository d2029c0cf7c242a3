//! A cable between this machine and a network namespace of it, that can be cut: `ip` of iproute2.

use std::process::{Command, Stdio};

/// Gone, with the namespace, when its owner is.
pub(crate) struct Cable {
    namespace: String,
    near_end: String,
    /// Third number of the addresses.
    net: u32,
}

fn ip(words: &[&str]) -> bool {
    let mut command = Command::new("ip");
    command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl Cable {
    /// `None` where this user may not, or `ip` is not there.
    pub(crate) fn lay() -> Option<Self> {
        let id = std::process::id();
        let cable = Self {
            namespace: format!("entente-{id}"),
            near_end: format!("ent{id}"),
            net: id % 250,
        };
        let far_end = format!("enf{id}");
        let (namespace, near_end) = (cable.namespace.as_str(), cable.near_end.as_str());
        let (near, far) = (format!("{}/30", cable.near()), format!("10.213.{}.2/30", cable.net));
        let laid = ip(&["netns", "add", namespace])
            && ip(&["link", "add", near_end, "type", "veth", "peer", "name", &far_end])
            && ip(&["link", "set", &far_end, "netns", namespace])
            && ip(&["address", "add", &near, "dev", near_end])
            && ip(&["link", "set", near_end, "up"])
            && ip(&["-n", namespace, "address", "add", &far, "dev", &far_end])
            && ip(&["-n", namespace, "link", "set", &far_end, "up"])
            && ip(&["-n", namespace, "link", "set", "lo", "up"]);
        laid.then_some(cable)
    }

    /// This machine's address on it.
    pub(crate) fn near(&self) -> String {
        format!("10.213.{}.1", self.net)
    }

    /// What runs `program` at the other end.
    pub(crate) fn at_the_far_end(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace, program]);
        command
    }

    pub(crate) fn cut(&self) {
        assert!(ip(&["link", "set", &self.near_end, "down"]));
    }

    pub(crate) fn join(&self) {
        assert!(ip(&["link", "set", &self.near_end, "up"]));
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        // The cable goes with it.
        ip(&["netns", "delete", &self.namespace]);
        ip(&["link", "delete", &self.near_end]);
    }
}
