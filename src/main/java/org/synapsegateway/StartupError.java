package org.synapsegateway;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.ResolveEndpointFailedException;
import org.synapsegateway.routing.BadExpressionException;

/**
 * Turns the exception that ended a start into one line that an admin can act on: where, what, how.
 */
final class StartupError {
  private static final Path ROUTES = Path.of("routes");

  private StartupError() {}

  static String explain(Throwable error) {
    return "The gateway did not start: " + describe(error);
  }

  /** Where and what, without saying that the gateway did not start. */
  static String describe(Throwable error) {
    String message = error.toString();
    String routeId = null;
    String step = "";
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof BadExpressionException) {
        return cause.getMessage(); // it knows its place itself
      }
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        message = cause.getMessage();
      }
      if (cause instanceof NoSuchFileException missing) {
        message =
            "there is no "
                + missing.getFile()
                + " here; run the gateway in the directory that has routes/ and config/";
      }
      if (cause instanceof FailedToCreateRouteException route) {
        routeId = route.getRouteId();
      }
      if (cause instanceof FailedToStartRouteException route) {
        routeId = route.getRouteId();
      }
      if (cause instanceof ResolveEndpointFailedException endpoint) {
        step = tail(endpoint.getUri());
      }
    }
    return place(routeId, step) + message;
  }

  /** What of a URI stands in the file as it is, whatever placeholders stand before it. */
  private static String tail(String uri) {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
  }

  /**
   * The file and line of a step, or of its route where the step is not found; Camel keeps neither.
   */
  private static String place(String routeId, String step) {
    if (routeId == null) {
      return "";
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(ROUTES, "*.yaml")) {
      for (Path file : files) {
        int line = lineOf(Files.readAllLines(file), routeId, step);
        if (line > 0) {
          return file + ":" + line + ": ";
        }
      }
    } catch (IOException e) {
      return ""; // the message stands without its place
    }
    return "";
  }

  private static int lineOf(List<String> lines, String routeId, String step) {
    int route = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).trim();
      if (line.equals("id: " + routeId)) {
        route = i + 1;
      }
      if (route > 0 && !step.isEmpty() && line.contains(step)) {
        return i + 1;
      }
    }
    return route;
  }
}
