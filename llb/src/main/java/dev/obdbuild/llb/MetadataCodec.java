package dev.obdbuild.llb;

import dev.obdbuild.protos.pb.ExportCache;
import dev.obdbuild.protos.pb.OpMetadata;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Metadata of vertices to and from {@code pb.OpMetadata}; locations travel elsewhere. */
final class MetadataCodec {
  private MetadataCodec() {}

  static OpMetadata write(VertexMetadata m) {
    var out = OpMetadata.newBuilder().setIgnoreCache(m.ignoreCache());
    out.putAllDescription(m.description());
    m.caps().forEach(cap -> out.putCaps(cap, true));
    m.exportCache().ifPresent(v -> out.setExportCache(ExportCache.newBuilder().setValue(v)));
    m.progressGroup()
        .ifPresent(
            g ->
                out.setProgressGroup(
                    dev.obdbuild.protos.pb.ProgressGroup.newBuilder()
                        .setId(g.id())
                        .setName(g.name())
                        .setWeak(g.weak())));
    m.resources()
        .ifPresent(
            r ->
                out.setLinuxResources(
                    dev.obdbuild.protos.pb.LinuxResources.newBuilder()
                        .setMemory(r.memory())
                        .setMemorySwap(r.memorySwap())
                        .setCpuShares(r.cpuShares())
                        .setCpuPeriod(r.cpuPeriod())
                        .setCpuQuota(r.cpuQuota())
                        .setCpusetCpus(r.cpusetCpus())
                        .setCpusetMems(r.cpusetMems())));
    return out.build();
  }

  static VertexMetadata read(OpMetadata m, List<SourceLocation> locations) {
    TreeSet<String> caps = new TreeSet<>();
    m.getCapsMap()
        .forEach(
            (cap, needed) -> {
              if (needed) {
                caps.add(cap);
              }
            });
    var group = m.getProgressGroup();
    var limits = m.getLinuxResources();
    return new VertexMetadata(
        m.getIgnoreCache(),
        new TreeMap<>(m.getDescriptionMap()),
        caps,
        m.hasProgressGroup()
            ? Optional.of(new ProgressGroup(group.getId(), group.getName(), group.getWeak()))
            : Optional.empty(),
        m.hasExportCache() ? Optional.of(m.getExportCache().getValue()) : Optional.empty(),
        m.hasLinuxResources()
            ? Optional.of(
                new LinuxResources(
                    limits.getMemory(),
                    limits.getMemorySwap(),
                    limits.getCpuShares(),
                    limits.getCpuPeriod(),
                    limits.getCpuQuota(),
                    limits.getCpusetCpus(),
                    limits.getCpusetMems()))
            : Optional.empty(),
        locations);
  }
}
