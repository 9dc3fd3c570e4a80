package dev.obdbuild.snapshots.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One running transaction. Valid only inside {@link Database#tx}; arguments are bound by position.
 */
public final class Tx {
  /** Makes a value of the current row. */
  @FunctionalInterface
  public interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private final Connection connection;

  Tx(Connection connection) {
    this.connection = connection;
  }

  /** Runs a statement; yields the number of rows it changed. */
  public int update(String sql, @Nullable Object... arguments) throws SQLException {
    try (PreparedStatement statement = prepare(sql, arguments)) {
      return statement.executeUpdate();
    }
  }

  /** All rows of a query, in its order. */
  public <T> List<T> list(RowMapper<T> mapper, String sql, @Nullable Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = prepare(sql, arguments);
        ResultSet rows = statement.executeQuery()) {
      List<T> result = new ArrayList<>();
      while (rows.next()) {
        result.add(mapper.map(rows));
      }
      return result;
    }
  }

  /** The first row of a query. */
  public <T> Optional<T> first(RowMapper<T> mapper, String sql, @Nullable Object... arguments)
      throws SQLException {
    return list(mapper, sql, arguments).stream().findFirst();
  }

  private PreparedStatement prepare(String sql, @Nullable Object[] arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }
}
