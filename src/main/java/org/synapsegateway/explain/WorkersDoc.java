// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.ArrayList;
import java.util.List;

/**
 * The endpoints that Synapse's docs/workers.md lists, of any release.
 *
 * <p>They are the lines of code blocks (indented or fenced) that begin with {@code ^/}, {@code
 * /_matrix/} or {@code /_synapse/}; each belongs to the comment above it in its block, or else to
 * the heading above.
 */
public record WorkersDoc(List<Endpoint> endpoints) {
  /**
   * @param heading the text that it is printed under
   * @param number the line in the file, from 1
   * @param text the path expression as it is printed
   */
  record Endpoint(String heading, int number, String text) {}

  public static WorkersDoc parse(String markdown) {
    List<Endpoint> endpoints = new ArrayList<>();
    String heading = "";
    String comment = "";
    boolean fenced = false;
    int number = 0;
    for (String line : markdown.split("\n", -1)) {
      number++;
      String text = line.strip();
      boolean code = fenced || line.startsWith("    ") || line.startsWith("\t");
      if (text.startsWith("```")) {
        fenced = !fenced;
        comment = "";
      } else if (code && isEndpoint(text)) {
        endpoints.add(new Endpoint(comment.isEmpty() ? heading : comment, number, text));
      } else if (text.startsWith("#")) {
        String title = text.replaceFirst("^#+ *", "");
        comment = code ? title : "";
        heading = code ? heading : title;
      } else if (!code && !text.isEmpty()) {
        // prose ends the block, and the comment's reach with it
        comment = "";
      }
    }
    return new WorkersDoc(endpoints);
  }

  private static boolean isEndpoint(String text) {
    return text.startsWith("^/") || text.startsWith("/_matrix/") || text.startsWith("/_synapse/");
  }
}
