package dev.obdbuild.builder.call;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.BuildFailedException.Place;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Statuses as the failed builds that they tell of: {@link Statuses} the other way round. */
public final class FailureDetails {

  private static final String SOURCE = "errdefs.Source+json";
  private static final String VERTEX = "errdefs.Vertex+json";

  private FailureDetails() {}

  /** What a status tells, with the lines that it blames. */
  public static BuildFailedException of(Status status, Exception cause) {
    Optional<Digest> vertex = Optional.empty();
    List<Place> places = new ArrayList<>();
    for (Any detail : status.getDetailsList()) {
      try {
        if (detail.getTypeUrl().endsWith(SOURCE)) {
          place(json(detail)).ifPresent(places::add);
        } else if (detail.getTypeUrl().endsWith(VERTEX)) {
          vertex = Optional.of(Digest.parse(json(detail).requiredString("digest")));
        }
      } catch (MalformedDocumentException | IllegalArgumentException e) {
        // Details only make a failure clearer: those that cannot be read must not hide it.
        cause.addSuppressed(e);
      }
    }
    return BuildFailedException.told(status.getMessage(), vertex, places, cause);
  }

  private static JsonReader json(Any detail) throws MalformedDocumentException {
    return JsonReader.parse(detail.getValue().toByteArray(), detail.getTypeUrl());
  }

  private static Optional<Place> place(JsonReader source) throws MalformedDocumentException {
    Optional<JsonReader> info = source.object("info");
    List<LineRange> ranges = new ArrayList<>();
    for (JsonReader range : source.objects("ranges")) {
      int first = line(range, "start", 1);
      ranges.add(new LineRange(first, Math.max(first, line(range, "end", first))));
    }
    if (info.isEmpty() || ranges.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Place(
            new SourceFile(
                info.get().string("filename"),
                Base64.getDecoder().decode(info.get().string("data")),
                info.get().string("language")),
            ranges));
  }

  private static int line(JsonReader range, String end, int otherwise)
      throws MalformedDocumentException {
    Optional<JsonReader> position = range.object(end);
    long line = position.isEmpty() ? otherwise : position.get().integer("line", otherwise);
    return (int) Math.clamp(line, 1, Integer.MAX_VALUE);
  }
}
