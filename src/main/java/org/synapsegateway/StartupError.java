package org.synapsegateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.ResolveEndpointFailedException;

/**
 * Turns the exception that ended a start into one line that an admin can act on: where, what, how.
 */
final class StartupError {
  private static final Pattern LOCATION = Pattern.compile("(?:file:)?(.+?):(\\d+)$");

  private StartupError() {}

  static String explain(Throwable error) {
    String message = error.toString();
    String place = "";
    String uri = null;
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        message = cause.getMessage();
      }
      if (cause instanceof ResolveEndpointFailedException endpoint) {
        uri = endpoint.getUri();
      }
      if (cause instanceof FailedToCreateRouteException route) {
        place = route.getLocation() == null ? "" : route.getLocation();
      }
    }
    return "The gateway did not start: " + place(place, uri) + message;
  }

  /** The file and line of the step, if it can be found behind the beginning of its route. */
  private static String place(String location, String uri) {
    Matcher matcher = LOCATION.matcher(location);
    if (!matcher.matches()) {
      return "";
    }
    Path file = Path.of(matcher.group(1));
    int line = Integer.parseInt(matcher.group(2));
    return file + ":" + (uri == null ? line : lineOf(file, line, tail(uri))) + ": ";
  }

  /** What of a URI stands in the file as it is, whatever placeholders stand before it. */
  private static String tail(String uri) {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
  }

  private static int lineOf(Path file, int from, String text) {
    try {
      List<String> lines = Files.readAllLines(file);
      for (int line = from; line < lines.size(); line++) {
        if (lines.get(line).contains(text)) {
          return line + 1;
        }
      }
    } catch (IOException e) {
      return from; // the route's own line is known without the file
    }
    return from;
  }
}
