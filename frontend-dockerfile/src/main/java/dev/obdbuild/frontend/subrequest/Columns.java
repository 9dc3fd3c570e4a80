package dev.obdbuild.frontend.subrequest;

import java.util.ArrayList;
import java.util.List;

/** A table whose columns are as wide as their widest cell; the last column is not padded. */
final class Columns {
  private final int gap;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param gap blanks between columns
   */
  Columns(int gap) {
    this.gap = gap;
  }

  Columns row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** One line per row, each with its end. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size() - 1; i++) {
        int column = i;
        int width = rows.stream().mapToInt(r -> length(r.get(column))).max().orElse(0) + gap;
        out.append(row.get(i)).repeat(" ", width - length(row.get(i)));
      }
      out.append(row.getLast()).append('\n');
    }
    return out.toString();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
