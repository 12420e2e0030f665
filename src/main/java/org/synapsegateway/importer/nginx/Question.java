// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request that nginx is asked about. Text is one char a byte. Immutable.
 *
 * @param listen the address that it comes to, as {@link Server#listens} names it
 * @param host what its Host field says
 * @param target path and query as the client writes them
 * @param fields the other fields, each as {@code Name: value}
 * @param client the client's address
 */
public record Question(
    String listen, String host, String method, String target, List<String> fields, String client) {
  public Question {
    fields = List.copyOf(fields);
  }

  /** The same with another target. */
  public Question withTarget(String other) {
    return new Question(listen, host, method, other, fields, client);
  }

  /** The same with another method. */
  public Question withMethod(String other) {
    return new Question(listen, host, other, target, fields, client);
  }

  /** The same of another client. */
  public Question withClient(String other) {
    return new Question(listen, host, method, target, fields, other);
  }

  /** The same with other fields. */
  public Question withFields(List<String> others) {
    return new Question(listen, host, method, target, others, client);
  }

  /** The value of a field as {@code $http_name} has it: dashes are underscores; null without. */
  @Nullable String field(String name) {
    if (name.equals("host")) {
      return host;
    }
    for (String field : fields) {
      int colon = field.indexOf(':');
      String own = field.substring(0, colon).toLowerCase(Locale.ROOT);
      // nginx ignores fields with underscores unless told otherwise
      if (own.indexOf('_') < 0 && own.replace('-', '_').equals(name)) {
        return field.substring(colon + 1).strip();
      }
    }
    return null;
  }
}
