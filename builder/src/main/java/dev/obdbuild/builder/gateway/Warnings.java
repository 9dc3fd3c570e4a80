package dev.obdbuild.builder.gateway;

import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.gateway.WarnRequest;
import dev.obdbuild.protos.pb.SourceInfo;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.util.Optional;

/** Warnings that frontends give. */
final class Warnings {

  private Warnings() {}

  /**
   * A warning as an event.
   *
   * @throws IllegalArgumentException when the vertex is not named by a digest
   */
  static WarningEvent parse(WarnRequest request) {
    return new WarningEvent(
        Digest.parse(request.getDigest()),
        (int) request.getLevel(),
        request.getShort().toStringUtf8(),
        request.getDetailList().stream().map(line -> line.toStringUtf8()).toList(),
        request.getUrl(),
        request.hasInfo() ? Optional.of(file(request.getInfo())) : Optional.empty(),
        request.getRangesList().stream()
            .map(range -> new LineRange(range.getStart().getLine(), range.getEnd().getLine()))
            .toList());
  }

  private static SourceFile file(SourceInfo info) {
    return new SourceFile(info.getFilename(), info.getData().toByteArray(), info.getLanguage());
  }
}
