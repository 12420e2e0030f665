// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;
import org.synapsegateway.config.RouteModel;
import org.synapsegateway.settings.Listener;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * An nginx.conf that decides as the routes do, as far as nginx can. Where it cannot, the file says
 * so at the place. Immutable once it is made.
 */
public final class NginxExport {
  private static final List<String> ALWAYS =
      List.of(
          "hold, replyTimeout and bodyMax of single workers: nginx has one limit for all, of the"
              + " longest reply and the largest upload",
          "drains, health and the access log of the gateway: nginx has none of them",
          "Forwarded (RFC 7239): nginx does not read it, and refuses the private paths to such a"
              + " client",
          "a user whose token does not name it (mat_..): nginx does not ask Synapse, and hashes the"
              + " token");

  private final StringBuilder text = new StringBuilder();
  private final List<String> limits = new ArrayList<>(ALWAYS);

  private NginxExport() {}

  /**
   * Writes the routes of a context that has started.
   *
   * @throws IllegalStateException if no route takes requests
   */
  public static NginxExport of(CamelContext context, Settings settings) {
    RouteTargets targets = new RouteTargets(context);
    RouteDefinition front =
        RouteModel.routes(context).stream()
            .filter(route -> route.getInput().getEndpointUri().startsWith("netty-http:"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no route takes requests"));
    NginxExport export = new NginxExport();
    export.print(targets, targets.of(front), settings);
    return export;
  }

  /** What nginx does otherwise than the routes, a sentence each. */
  public List<String> limits() {
    return limits;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void print(RouteTargets targets, String front, Settings settings) {
    limits.addAll(targets.limits());
    line("# The routes of a Synapse Gateway, written by: gateway export nginx");
    line("# Not as in the routes:");
    limits.forEach(limit -> line("# - " + limit));
    line("");
    line("events {}");
    line("http {");
    ForwardedClients.print(text, settings);
    text.append(HashKeys.MAPS);
    targets.upstreams().forEach(upstream -> upstream.print(text));
    targets.maps().forEach(map -> map.print(text));
    line("  server {");
    addListeners(settings);
    line("    server_name _;");
    line("    merge_slashes off;");
    line("    client_max_body_size 0;");
    line("    proxy_http_version 1.1;");
    line("    proxy_set_header Connection \"\";");
    line("    proxy_set_header Host $http_host;");
    line("    proxy_set_header X-Forwarded-For $remote_addr;");
    line("    proxy_set_header X-Forwarded-Proto " + ForwardedClients.SCHEME + ";");
    line("    proxy_buffering off;");
    line("    proxy_request_buffering off;");
    line("    proxy_read_timeout 15m;");
    if (front.startsWith("$")) {
      line("    if (" + front + " = " + RouteTargets.FORBIDDEN + ") { return 403; }");
    }
    addWellKnown(settings);
    if (targets.hasPrivatePaths()) {
      addPrivatePaths(front, settings);
    }
    line("    location / { proxy_pass http://" + front + "; }");
    line("  }");
    line("}");
  }

  private void addListeners(Settings settings) {
    for (Listener listener : settings.listeners()) {
      if (listener.kind() != Listener.Kind.TCP || listener.https() || listener.proxyProtocol()) {
        line("    # not as in the routes: " + listener + " has to be added, with its certificate");
        limits.add(Setting.LISTEN.key() + ": " + listener + " is left out");
      } else {
        String host = listener.place();
        String place = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        line("    listen " + place + ":" + listener.port() + ";");
        if (listener.trusted()) {
          line("    # not as in the routes: trusts only " + Setting.TRUSTED_PROXIES.key());
          limits.add(Setting.LISTEN.key() + ": " + listener + " does not trust every peer");
        }
      }
    }
  }

  private void addWellKnown(Settings settings) {
    Map<String, Setting> pages = new LinkedHashMap<>();
    pages.put("client", Setting.WELL_KNOWN_CLIENT);
    pages.put("server", Setting.WELL_KNOWN_SERVER);
    pages.put("support", Setting.WELL_KNOWN_SUPPORT);
    pages.forEach(
        (name, setting) -> {
          String json = settings.text(setting);
          if (!json.isEmpty()) {
            line("    location = /.well-known/matrix/" + name + " {");
            line("      default_type application/json;");
            line("      add_header Access-Control-Allow-Origin *;");
            line("      return 200 " + quoted(json) + ";");
            line("    }");
          }
        });
  }

  /** What a configuration of nginx takes for a text: a dollar would begin a variable. */
  private static String quoted(String json) {
    return "'" + json.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\u0024") + "'";
  }

  private void addPrivatePaths(String front, Settings settings) {
    line("    location ^~ /_synapse/replication { return 403; }");
    line("    location ~ ^/_synapse/client(/|$) {");
    line("      # a path that only is one once it is decoded");
    line("      if ($request_uri !~ \"^/_synapse/client(/|\\?|$)\") { return 403; }");
    line("      proxy_pass http://" + front + ";");
    line("    }");
    line("    location ~ ^/_synapse(/|$) {");
    line("      if (" + ForwardedClients.UNKNOWN + ") { return 403; }");
    ForwardedClients.networks(settings.text(Setting.PRIVATE_CLIENTS))
        .forEach(client -> line("      allow " + client + ";"));
    line("      deny all;");
    line("      proxy_pass http://" + front + ";");
    line("    }");
  }
}
