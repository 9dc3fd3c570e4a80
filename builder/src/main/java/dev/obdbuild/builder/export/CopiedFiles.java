package dev.obdbuild.builder.export;

import dev.obdbuild.builder.files.ResultFolders;
import dev.obdbuild.builder.session.sync.SentBytes;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.pusher.ExportStages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files on their way to a folder, shown as one stage for each platform that has a folder of its
 * own, or else as one. Used by one thread.
 */
final class CopiedFiles implements SentBytes, AutoCloseable {

  private static final String TITLE = "copying files";
  private static final String ACTION = "transferring";

  private final Map<RawPath, Amount> amounts = new LinkedHashMap<>();

  private static final class Amount {
    private final ExportStages.Stage stage;
    private long bytes;

    Amount(ExportStages.Stage stage) {
      this.stage = stage;
    }
  }

  private CopiedFiles() {}

  /**
   * Begins the stages.
   *
   * @param platforms those with folders of their own
   */
  static CopiedFiles begin(ExportStages stages, List<String> platforms) {
    CopiedFiles copied = new CopiedFiles();
    if (platforms.isEmpty()) {
      copied.amounts.put(RawPath.EMPTY, new Amount(stages.begin(TITLE, ACTION)));
    }
    for (String platform : platforms) {
      copied.amounts.put(
          ResultFolders.folder(platform), new Amount(stages.begin(TITLE + " " + platform, ACTION)));
    }
    return copied;
  }

  @Override
  public void of(RawPath path, long bytes) {
    Amount amount = amounts.get(amounts.containsKey(RawPath.EMPTY) ? RawPath.EMPTY : top(path));
    if (amount != null) {
      amount.bytes += bytes;
      amount.stage.update(amount.bytes, 0);
    }
  }

  private static RawPath top(RawPath path) {
    return path.isEmpty() ? path : path.components().getFirst();
  }

  @Override
  public void close() {
    amounts.values().forEach(amount -> amount.stage.close());
  }
}
