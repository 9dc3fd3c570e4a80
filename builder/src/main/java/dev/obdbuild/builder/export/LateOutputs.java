package dev.obdbuild.builder.export;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Outputs that nobody names before there is a result. */
public interface LateOutputs {

  /** No such outputs. */
  LateOutputs NONE =
      new LateOutputs() {
        @Override
        public List<ExportRequest.Entry> find(Map<String, byte[]> metadata, List<String> refs) {
          return List.of();
        }

        @Override
        public void finish(SortedMap<String, String> response) {
          // Nobody waits for it.
        }
      };

  /**
   * The outputs of a result; their numbers follow those that are named before.
   *
   * @param metadata of the result
   * @param refs ids of its parts
   */
  List<ExportRequest.Entry> find(Map<String, byte[]> metadata, List<String> refs)
      throws IOException;

  /**
   * Told at the end, when all went well.
   *
   * @param response what all exporters answered
   */
  void finish(SortedMap<String, String> response) throws IOException;
}
