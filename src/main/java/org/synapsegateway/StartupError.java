package org.synapsegateway;

import java.util.ArrayList;
import java.util.List;

/** Turns the exception that ended a start into the few lines that an admin can act on. */
final class StartupError {
  private StartupError() {}

  static String explain(Throwable error) {
    List<String> lines = new ArrayList<>();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && !message.isBlank()) {
        lines.add(message);
      }
      if (cause.getCause() == cause) {
        break;
      }
    }
    if (lines.isEmpty()) {
      lines.add(error.toString());
    }
    return "The gateway did not start: " + lines.get(lines.size() - 1);
  }
}
