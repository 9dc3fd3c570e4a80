package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecMount.Bind;
import dev.obdbuild.llb.ExecMount.Cache;
import dev.obdbuild.llb.ExecMount.Secret;
import dev.obdbuild.llb.ExecMount.Ssh;
import dev.obdbuild.llb.ExecMount.Tmpfs;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import java.util.Optional;

/**
 * What defines a RUN step itself. Left out on purpose: proxies, the control group and its limits,
 * and what secrets hold; their ids and places count.
 */
final class ExecKey {
  private ExecKey() {}

  static Digest of(ExecOp op, Optional<Platform> platform) {
    ExecMeta meta = op.meta();
    OpKey key =
        new OpKey("exec", 1)
            .add("platform", platform.map(Platform::format).orElse(""))
            .add("arg", meta.args())
            .add("env", meta.env())
            .add("cwd", meta.cwd())
            .add("user", meta.user())
            .add("hostname", meta.hostname())
            .add("stubs", meta.removeMountStubs())
            .add("network", op.network().name())
            .add("security", op.security().name());
    meta.extraHosts().forEach(host -> key.add("host", host.host()).add("ip", host.ip()));
    meta.ulimits().forEach(limit -> key.add(limit.name(), limit.soft()).add("hard", limit.hard()));
    meta.validExitCodes().forEach(code -> key.add("exit code", code));
    op.secretEnv()
        .forEach(
            secret ->
                key.add("secret env", secret.id())
                    .add("name", secret.name())
                    .add("optional", secret.optional()));
    op.devices().forEach(device -> key.add("device", device.name()));
    op.mounts().forEach(mount -> add(key, mount));
    return key.digest();
  }

  private static void add(OpKey key, ExecMount mount) {
    key.add("mount", mount.dest())
        .add("input", mount.input())
        .add("selector", mount.selector())
        .add("output", mount.output())
        .add("read-only", mount.readOnly());
    switch (mount.kind()) {
      case Bind bind -> key.add("kind", "bind");
      case Cache cache ->
          key.add("kind", "cache").add("id", cache.id()).add("sharing", cache.sharing().name());
      case Tmpfs tmpfs -> key.add("kind", "tmpfs").add("size", tmpfs.size());
      case Secret secret ->
          key.add("kind", "secret")
              .add("id", secret.id())
              .add("owner", secret.uid() + ":" + secret.gid())
              .add("mode", secret.mode())
              .add("optional", secret.optional());
      case Ssh ssh ->
          key.add("kind", "ssh")
              .add("id", ssh.id())
              .add("owner", ssh.uid() + ":" + ssh.gid())
              .add("mode", ssh.mode())
              .add("optional", ssh.optional());
    }
  }
}
