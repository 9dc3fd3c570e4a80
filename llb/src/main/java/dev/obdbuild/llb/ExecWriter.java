package dev.obdbuild.llb;

import dev.obdbuild.protos.pb.CDIDevice;
import dev.obdbuild.protos.pb.CacheOpt;
import dev.obdbuild.protos.pb.CacheSharingOpt;
import dev.obdbuild.protos.pb.HostIP;
import dev.obdbuild.protos.pb.Meta;
import dev.obdbuild.protos.pb.Mount;
import dev.obdbuild.protos.pb.MountContentCache;
import dev.obdbuild.protos.pb.MountType;
import dev.obdbuild.protos.pb.NetMode;
import dev.obdbuild.protos.pb.ProxyEnv;
import dev.obdbuild.protos.pb.SSHOpt;
import dev.obdbuild.protos.pb.SecretEnv;
import dev.obdbuild.protos.pb.SecretOpt;
import dev.obdbuild.protos.pb.SecurityMode;
import dev.obdbuild.protos.pb.TmpfsOpt;
import dev.obdbuild.protos.pb.Ulimit;

/** Exec operations to their messages. */
final class ExecWriter {
  private ExecWriter() {}

  static dev.obdbuild.protos.pb.ExecOp exec(ExecOp op) {
    var exec =
        dev.obdbuild.protos.pb.ExecOp.newBuilder()
            .setMeta(meta(op.meta()))
            .setNetwork(
                switch (op.network()) {
                  case DEFAULT -> NetMode.UNSET;
                  case HOST -> NetMode.HOST;
                  case NONE -> NetMode.NONE;
                })
            .setSecurity(
                switch (op.security()) {
                  case SANDBOX -> SecurityMode.SANDBOX;
                  case INSECURE -> SecurityMode.INSECURE;
                });
    op.mounts().forEach(m -> exec.addMounts(mount(m)));
    op.secretEnv()
        .forEach(
            s ->
                exec.addSecretenv(
                    SecretEnv.newBuilder()
                        .setID(s.id())
                        .setName(s.name())
                        .setOptional(s.optional())));
    op.devices()
        .forEach(
            d ->
                exec.addCdiDevices(
                    CDIDevice.newBuilder().setName(d.name()).setOptional(d.optional())));
    return exec.build();
  }

  private static Meta meta(ExecMeta m) {
    var meta =
        Meta.newBuilder()
            .addAllArgs(m.args())
            .addAllEnv(m.env())
            .setCwd(m.cwd())
            .setUser(m.user())
            .setHostname(m.hostname())
            .setCgroupParent(m.cgroupParent())
            .setRemoveMountStubsRecursive(m.removeMountStubs())
            .addAllValidExitCodes(m.validExitCodes());
    m.proxy()
        .ifPresent(
            p ->
                meta.setProxyEnv(
                    ProxyEnv.newBuilder()
                        .setHttpProxy(p.http())
                        .setHttpsProxy(p.https())
                        .setFtpProxy(p.ftp())
                        .setNoProxy(p.no())
                        .setAllProxy(p.all())));
    m.extraHosts()
        .forEach(h -> meta.addExtraHosts(HostIP.newBuilder().setHost(h.host()).setIP(h.ip())));
    m.ulimits()
        .forEach(
            u ->
                meta.addUlimit(
                    Ulimit.newBuilder().setName(u.name()).setSoft(u.soft()).setHard(u.hard())));
    return meta.build();
  }

  private static Mount mount(ExecMount m) {
    var mount =
        Mount.newBuilder()
            .setInput(m.input())
            .setSelector(m.selector())
            .setDest(m.dest())
            .setOutput(m.output())
            .setReadonly(m.readOnly())
            .setContentCache(
                switch (m.contentCache()) {
                  case DEFAULT -> MountContentCache.DEFAULT;
                  case ON -> MountContentCache.ON;
                  case OFF -> MountContentCache.OFF;
                });
    switch (m.kind()) {
      case ExecMount.Bind _ -> mount.setMountType(MountType.BIND);
      case ExecMount.Cache c ->
          mount
              .setMountType(MountType.CACHE)
              .setCacheOpt(CacheOpt.newBuilder().setID(c.id()).setSharing(sharing(c.sharing())));
      case ExecMount.Tmpfs t ->
          mount.setMountType(MountType.TMPFS).setTmpfsOpt(TmpfsOpt.newBuilder().setSize(t.size()));
      case ExecMount.Secret s ->
          mount
              .setMountType(MountType.SECRET)
              .setSecretOpt(
                  SecretOpt.newBuilder()
                      .setID(s.id())
                      .setUid(s.uid())
                      .setGid(s.gid())
                      .setMode(s.mode())
                      .setOptional(s.optional()));
      case ExecMount.Ssh s ->
          mount
              .setMountType(MountType.SSH)
              .setSSHOpt(
                  SSHOpt.newBuilder()
                      .setID(s.id())
                      .setUid(s.uid())
                      .setGid(s.gid())
                      .setMode(s.mode())
                      .setOptional(s.optional()));
    }
    return mount.build();
  }

  private static CacheSharingOpt sharing(ExecMount.Sharing sharing) {
    return switch (sharing) {
      case SHARED -> CacheSharingOpt.SHARED;
      case PRIVATE -> CacheSharingOpt.PRIVATE;
      case LOCKED -> CacheSharingOpt.LOCKED;
    };
  }
}
