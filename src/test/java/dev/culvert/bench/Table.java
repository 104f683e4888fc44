package dev.culvert.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/** A Markdown table whose columns also line up as plain text; all but the first to the right. */
final class Table {

  private final int columns;
  private final List<String[]> rows = new ArrayList<>();

  Table(String... heads) {
    columns = heads.length;
    rows.add(heads);
  }

  /** Adds a row; cells that are left out are empty. */
  void row(String... cells) {
    String[] row = Arrays.copyOf(cells, columns);
    Arrays.fill(row, Math.min(cells.length, columns), columns, "");
    rows.add(row);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(rows.size() * columns * 16);
    text.append(line(rows.get(0)));
    String[] rule = new String[columns];
    Arrays.setAll(rule, column -> "-".repeat(width(column) - 1) + (column == 0 ? "-" : ":"));
    text.append(line(rule));
    rows.stream().skip(1).map(this::line).forEach(text::append);
    return text.toString();
  }

  private String line(String[] cells) {
    StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
    for (int column = 0; column < columns; column++) {
      String pad = " ".repeat(width(column) - cells[column].length());
      line.add(column == 0 ? cells[column] + pad : pad + cells[column]);
    }
    return line.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row[column].length()).max().orElse(1);
  }
}
