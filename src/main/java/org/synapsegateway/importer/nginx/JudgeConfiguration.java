// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A site's configuration, rewritten so that its own nginx can be asked in a private directory:
 * every address to listen at and every upstream is a UNIX socket there, and whatever concerns TLS,
 * logs, caches, limits of rates and files of its own is left out. Its scripts (njs) are not run: a
 * variable of theirs is empty, and what they answer is 204. What nginx decides by them is not
 * asked.
 *
 * <p>Requests name their client in X-Judge-Client. What a request is hashed by comes to the stub in
 * X-Judge-Key-N, N being the upstream's number. Confined to one thread.
 */
final class JudgeConfiguration {
  /** What is of no consequence for a decision, or would touch what is the site's. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "user|daemon|master_process|pid|lock_file|worker_.*|error_log|access_log|log_format"
              + "|load_module|events|stream|mail|listen|ssl|ssl_.*|http2|http2_.*|http3|http3_.*|quic.*"
              + "|resolver|resolver_timeout|real_ip_.*|set_real_ip_from|limit_req.*|limit_conn.*"
              + "|proxy_cache.*|fastcgi_cache.*|proxy_ssl.*|.*_temp_path|proxy_bind|proxy_store.*"
              + "|.*_store|dav_.*|pcre_jit|env|thread_pool|google_perftools_profiles|proxy_protocol.*"
              + "|brotli.*|zstd.*|gzip.*|types_hash.*|more_set_headers|more_clear_headers|server_tokens"
              + "|proxy_intercept_errors|opentracing.*|vhost_traffic.*|modsecurity.*");

  private static final Pattern CODE = Pattern.compile("perl.*|.*lua.*|passenger.*|ndk_.*");

  private static final Pattern URL =
      Pattern.compile("(?i)(https?)://(unix:[^:$]+|[^/?#:$]+(?::\\d+)?)(.*)");

  private static final Pattern ADDRESS =
      Pattern.compile("(unix:/[^:$]+)(:?)|(?:[\\w.-]+|\\[[\\da-fA-F:.]+\\]):\\d{1,5}");

  private final Site site;
  private final Path directory;
  private final Map<String, Integer> listens = new LinkedHashMap<>();
  private final Map<String, Integer> upstreams = new LinkedHashMap<>();
  private final StringBuilder text = new StringBuilder();
  private final List<String> keys = new ArrayList<>();
  private final Set<String> scriptVariables = new LinkedHashSet<>();

  JudgeConfiguration(Site site, Path directory) {
    this.site = site;
    this.directory = directory;
    site.servers()
        .forEach(
            server ->
                server.listens().forEach(listen -> listens.putIfAbsent(listen, listens.size())));
    for (Map.Entry<String, Target> upstream : site.upstreams().entrySet()) {
      if (upstream.getValue().by() != null) {
        keys.add("X-Judge-Key-" + upstreams.size() + " " + quoted(upstream.getValue().by()));
      }
      upstreams.put(upstream.getKey(), upstreams.size());
    }
  }

  /** The numbers of the addresses to listen at. */
  Map<String, Integer> listens() {
    return listens;
  }

  /** The numbers of upstreams, and of the addresses that requests are sent to. */
  Map<String, Integer> upstreams() {
    return upstreams;
  }

  Path listenSocket(int number) {
    return directory.resolve("l" + number + ".sock");
  }

  Path upstreamSocket(int number) {
    return directory.resolve("u" + number + ".sock");
  }

  /** A directive of code, which is not run; null if there is none. */
  @Nullable Directive code() {
    return site.tree().stream()
        .flatMap(Directive::within)
        .filter(each -> CODE.matcher(each.name()).matches())
        .findFirst()
        .orElse(null);
  }

  /**
   * @param user the value of {@code user}; null to stay who we are
   */
  String text(@Nullable String user) {
    StringBuilder head = new StringBuilder();
    head.append("daemon off;\nworker_processes 1;\n");
    head.append(user == null ? "master_process off;\n" : "user " + user + ";\n");
    head.append("pid ").append(quoted(directory + "/nginx.pid")).append(";\n");
    head.append("error_log ").append(quoted(directory + "/error.log")).append(" crit;\n");
    head.append("events { worker_connections 512; }\nhttp {\naccess_log off;\n");
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      head.append(kind).append("_temp_path ").append(quoted(directory + "/" + kind)).append(";\n");
    }
    head.append("set_real_ip_from unix:;\nreal_ip_header X-Judge-Client;\n");
    List<Directive> http =
        site.tree().stream()
            .filter(each -> each.is("http"))
            .findFirst()
            .map(Directive::block)
            .orElse(site.tree());
    addFields(http, true);
    http.forEach(each -> add(each, false));
    upstreams.forEach(
        (name, number) ->
            head.append("upstream ")
                .append(quoted(nameOf(name, number)))
                .append(" { server ")
                .append(quoted("unix:" + upstreamSocket(number)))
                .append("; }\n"));
    head.append(text);
    addMaps(head); // last, as sizes of hashes are set before the first map
    return head.append("}\n").toString();
  }

  private String nameOf(String name, int number) {
    return site.upstreams().containsKey(name) ? name : "judge_" + number;
  }

  private void addMaps(StringBuilder head) {
    head.append("map $server_addr $judge_scheme { default http; ");
    listens.forEach(
        (listen, number) -> {
          if (site.servers().stream().anyMatch(server -> server.isEncryptedAt(listen))) {
            head.append(quoted("unix:" + listenSocket(number))).append(" https; ");
          }
        });
    head.append("}\nmap $server_addr $judge_port { default ''; ");
    listens.forEach(
        (listen, number) -> {
          if (!listen.startsWith("unix:")) {
            head.append(quoted("unix:" + listenSocket(number)))
                .append(' ')
                .append(listen.substring(listen.lastIndexOf(':') + 1))
                .append("; ");
          }
        });
    head.append("}\nmap $judge_scheme $judge_https { default ''; https on; }\n");
    scriptVariables.forEach(
        name -> head.append("map '' ").append(name).append(" { default ''; }\n"));
  }

  private void add(Directive each, boolean isData) {
    if (!isData && LEFT_OUT.matcher(each.name()).matches() || each.is("upstream")) {
      return;
    }
    if (!isData && each.name().startsWith("js_")) {
      addScript(each);
      return;
    }
    boolean holdsData = Set.of("map", "geo", "split_clients", "types").contains(each.name());
    List<String> words = new ArrayList<>();
    words.add(isData ? quoted(each.name()) : each.name());
    for (int i = 0; i < each.arguments().size(); i++) {
      words.add(quoted(rewritten(each, i, isData)));
    }
    text.append(String.join(" ", words));
    if (each.block() == null) {
      text.append(";\n");
      return;
    }
    text.append(" {\n");
    if (each.is("server")) {
      addListens(each);
    }
    if (!holdsData) {
      addFields(each.block(), false);
    }
    each.block().forEach(inner -> add(inner, holdsData));
    text.append("}\n");
  }

  private void addScript(Directive each) {
    if (each.is("js_set") || each.is("js_var")) {
      scriptVariables.add(each.argument(0));
    } else if (each.is("js_content")) {
      text.append("return 204;\n");
    }
  }

  private void addListens(Directive block) {
    Server server =
        site.servers().stream()
            .filter(each -> each.block().directive().equals(block))
            .findFirst()
            .orElseThrow();
    for (String listen : server.listens()) {
      text.append("listen ")
          .append(quoted("unix:" + listenSocket(listens.getOrDefault(listen, -1))))
          .append(server.isDefaultAt(listen) ? " default_server;\n" : ";\n");
    }
  }

  /** The fields with the keys, wherever the site's own would take their place. */
  private void addFields(List<Directive> block, boolean always) {
    if (always || block.stream().anyMatch(each -> each.is("proxy_set_header"))) {
      keys.forEach(key -> text.append("proxy_set_header ").append(key).append(";\n"));
    }
  }

  private String rewritten(Directive each, int index, boolean isData) {
    String argument =
        each.argument(index)
            .replaceAll("(?i)\\$(\\{?)(scheme|server_port|https)\\b", "\\$$1judge_$2")
            .replace("judge_server_port", "judge_port")
            .replaceAll(
                "\\$(\\{?)realip_remote_addr\\b", "\\$$1remote_addr"); // the judge is no proxy
    boolean isPass = each.is("proxy_pass");
    boolean isValue = isData ? index == each.arguments().size() - 1 : each.is("set") && index == 1;
    if (!isPass && !isValue) {
      return argument;
    }
    Matcher url = URL.matcher(argument);
    if (url.matches()) {
      return "http://" + stub(url.group(2), url.group(1)) + url.group(3);
    }
    if (isPass) {
      return argument.replaceFirst("(?i)^https://", "http://");
    }
    Matcher address = ADDRESS.matcher(argument);
    if (!address.matches()) {
      return argument;
    }
    return address.group(1) == null
        ? stub(argument, "http")
        : stub(address.group(1), "http") + address.group(2);
  }

  /** The upstream that stands for an address, or the upstream of that name. */
  private String stub(String authority, String scheme) {
    String name = authority.toLowerCase(Locale.ROOT);
    if (site.upstreams().containsKey(name)) {
      return authority;
    }
    boolean hasPort = authority.startsWith("unix:") || authority.matches(".*:\\d+");
    String address =
        hasPort ? authority : authority + (scheme.equalsIgnoreCase("https") ? ":443" : ":80");
    upstreams.putIfAbsent(address, upstreams.size());
    int number = upstreams.get(address);
    // what stands behind a socket's path may become a part of it
    return address.startsWith("unix:") ? "unix:" + upstreamSocket(number) : "judge_" + number;
  }

  private static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
