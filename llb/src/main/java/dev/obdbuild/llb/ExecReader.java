package dev.obdbuild.llb;

import dev.obdbuild.protos.pb.Meta;
import dev.obdbuild.protos.pb.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Exec messages from outside. */
final class ExecReader {
  private ExecReader() {}

  static ExecOp exec(dev.obdbuild.protos.pb.ExecOp message) throws InvalidGraphException {
    List<ExecMount> mounts = new ArrayList<>();
    for (Mount mount : message.getMountsList()) {
      mounts.add(mount(mount));
    }
    ExecOp.NetworkMode network =
        switch (message.getNetwork()) {
          case UNSET -> ExecOp.NetworkMode.DEFAULT;
          case HOST -> ExecOp.NetworkMode.HOST;
          case NONE -> ExecOp.NetworkMode.NONE;
          case UNRECOGNIZED -> throw unknown("network mode", message.getNetworkValue());
        };
    ExecOp.SecurityMode security =
        switch (message.getSecurity()) {
          case SANDBOX -> ExecOp.SecurityMode.SANDBOX;
          case INSECURE -> ExecOp.SecurityMode.INSECURE;
          case UNRECOGNIZED -> throw unknown("security mode", message.getSecurityValue());
        };
    return new ExecOp(
        meta(message.getMeta()),
        mounts,
        network,
        security,
        message.getSecretenvList().stream()
            .map(s -> new ExecOp.SecretEnv(s.getID(), s.getName(), s.getOptional()))
            .toList(),
        message.getCdiDevicesList().stream()
            .map(d -> new ExecOp.CdiDevice(d.getName(), d.getOptional()))
            .toList());
  }

  private static ExecMeta meta(Meta m) {
    Optional<ExecMeta.ProxyEnv> proxy =
        m.hasProxyEnv()
            ? Optional.of(
                new ExecMeta.ProxyEnv(
                    m.getProxyEnv().getHttpProxy(),
                    m.getProxyEnv().getHttpsProxy(),
                    m.getProxyEnv().getFtpProxy(),
                    m.getProxyEnv().getNoProxy(),
                    m.getProxyEnv().getAllProxy()))
            : Optional.empty();
    return new ExecMeta(
        m.getArgsList(),
        m.getEnvList(),
        m.getCwd(),
        m.getUser(),
        proxy,
        m.getExtraHostsList().stream()
            .map(h -> new ExecMeta.HostIp(h.getHost(), h.getIP()))
            .toList(),
        m.getHostname(),
        m.getUlimitList().stream()
            .map(u -> new ExecMeta.Ulimit(u.getName(), u.getSoft(), u.getHard()))
            .toList(),
        m.getCgroupParent(),
        m.getRemoveMountStubsRecursive(),
        m.getValidExitCodesList());
  }

  static ExecMount mount(Mount m) throws InvalidGraphException {
    return new ExecMount(
        OpReader.index(m.getInput(), "mount input"),
        m.getSelector(),
        m.getDest(),
        OpReader.index(m.getOutput(), "mount output"),
        m.getReadonly(),
        kind(m),
        switch (m.getContentCache()) {
          case DEFAULT -> ExecMount.ContentCache.DEFAULT;
          case ON -> ExecMount.ContentCache.ON;
          case OFF -> ExecMount.ContentCache.OFF;
          case UNRECOGNIZED -> throw unknown("content cache", m.getContentCacheValue());
        });
  }

  private static ExecMount.Kind kind(Mount m) throws InvalidGraphException {
    return switch (m.getMountType()) {
      case BIND -> new ExecMount.Bind();
      case CACHE ->
          new ExecMount.Cache(
              m.getCacheOpt().getID(),
              switch (m.getCacheOpt().getSharing()) {
                case SHARED -> ExecMount.Sharing.SHARED;
                case PRIVATE -> ExecMount.Sharing.PRIVATE;
                case LOCKED -> ExecMount.Sharing.LOCKED;
                case UNRECOGNIZED ->
                    throw unknown("cache sharing", m.getCacheOpt().getSharingValue());
              });
      case TMPFS -> new ExecMount.Tmpfs(m.getTmpfsOpt().getSize());
      case SECRET -> {
        var s = m.getSecretOpt();
        yield new ExecMount.Secret(s.getID(), s.getUid(), s.getGid(), s.getMode(), s.getOptional());
      }
      case SSH -> {
        var s = m.getSSHOpt();
        yield new ExecMount.Ssh(s.getID(), s.getUid(), s.getGid(), s.getMode(), s.getOptional());
      }
      case UNRECOGNIZED -> throw unknown("mount type", m.getMountTypeValue());
    };
  }

  private static InvalidGraphException unknown(String what, int value) {
    return new InvalidGraphException("unknown " + what + " " + value);
  }
}
