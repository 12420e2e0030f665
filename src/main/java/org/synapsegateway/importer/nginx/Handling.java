// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.synapsegateway.net.AddressSet;

/**
 * One request on its way through nginx's phases: server rewrite, location, rewrite, access, content
 * (src/http/ngx_http_core_module.c). Confined to one thread.
 */
final class Handling {
  private static final int MAX_URI_CHANGES = 10;
  private static final long DEFAULT_BODY_MAX = 1 << 20;
  private static final long DEFAULT_READ_TIMEOUT = 60_000;

  /** Since nginx 1.21.1. */
  private static final String ESCAPED = "#%?\"<>\\^`{|}";

  private static final Set<String> CODE =
      Set.of(
          "rewrite_by_lua_block",
          "rewrite_by_lua_file",
          "rewrite_by_lua",
          "access_by_lua_block",
          "access_by_lua_file",
          "access_by_lua",
          "content_by_lua_block",
          "content_by_lua_file",
          "content_by_lua",
          "server_rewrite_by_lua_block",
          "js_content",
          "js_access",
          "perl",
          "auth_request",
          "auth_basic",
          "auth_jwt",
          "internal_redirect");
  private final Site site;
  private final Question question;
  private Server server;
  private Variables variables;

  /** The block whose directives count. */
  private Block here;

  private boolean isInternal;
  private boolean isUnparsed = true;
  private boolean isAtLocation = true;
  private boolean isQuoted;
  private boolean isMoved;
  private Decision answer;

  Handling(Site site, Question question) {
    this.site = site;
    this.question = question;
  }

  Decision decide() {
    server = site.server(question.listen(), Variables.host(question.host()));
    if (server == null) {
      throw new IllegalArgumentException("nothing listens at " + question.listen());
    }
    here = server.block();
    NormalPath target = NormalPath.of(question.target(), mergesSlashes());
    if (target.path() == null) {
      variables = new Variables(site, question, server, new NormalPath("/", null));
      return answered(400);
    }
    variables = new Variables(site, question, server, target);
    isQuoted = question.target().replaceFirst("[?#].*", "").indexOf('%') >= 0;
    try {
      return handle();
    } catch (CannotTellException e) {
      return made(Decision.Kind.UNKNOWN, null, null, null, 0, e.getMessage());
    }
  }

  /** The target is read before the host is known, unless the handshake of TLS has named it. */
  private boolean mergesSlashes() {
    boolean known = server.isEncryptedAt(question.listen());
    Server first = known ? server : site.otherwise(question.listen());
    Directive merges = first.block().inherited("merge_slashes");
    return merges == null || merges.argument(0).equals("on");
  }

  private Decision handle() {
    nameServer();
    Directive code = code(server.block());
    if (code != null && code.name().startsWith("server_rewrite")) {
      throw new CannotTellException(code, "");
    }
    script(server.block());
    isMoved = false; // the location is looked for with the path as it is now
    if (answer != null) {
      return answer;
    }
    int changes = 0;
    do {
      if (isMoved && ++changes > MAX_URI_CHANGES) {
        return answered(500);
      }
      isMoved = false;
      if (findLocation(server.block()) == Find.REDIRECT) {
        return isHidden() ? answered(404) : answered(301);
      }
      if (isHidden()) {
        return answered(404);
      }
      limit();
      script(here);
      if (answer != null) {
        return answer;
      }
    } while (isMoved);
    return content();
  }

  /** Captures of the server's name. */
  private void nameServer() {
    String host = Variables.host(question.host());
    for (NginxRegex pattern : server.patterns()) {
      if (server.names().contains(host) || variables.matches(pattern, host)) {
        return;
      }
    }
  }

  private boolean isHidden() {
    return !isInternal && here.own("internal") != null;
  }

  // ---- which location

  private enum Find {
    NONE,
    PREFIX,
    FINAL,
    REDIRECT
  }

  /** As ngx_http_core_find_location. */
  private Find findLocation(Block block) {
    here = block;
    Find found = findPrefix(block);
    boolean triesPatterns = true;
    if (found == Find.PREFIX) {
      triesPatterns = here.kind() != Block.Kind.FINAL_PREFIX;
      Block prefix = here;
      found = findLocation(prefix);
      if (found == Find.NONE) {
        found = Find.PREFIX;
      }
    }
    if (found == Find.FINAL || found == Find.REDIRECT) {
      return found;
    }
    if (triesPatterns) {
      for (Block location : block.patterns()) {
        variables.blame(location.directive());
        if (variables.matches(location.pattern(), variables.path())) {
          findLocation(location);
          return Find.FINAL;
        }
      }
    }
    return found;
  }

  /** As ngx_http_core_find_static_location. */
  private Find findPrefix(Block block) {
    String path = variables.path();
    Block exact = block.exact().get(path);
    if (exact != null) {
      here = exact;
      return Find.FINAL;
    }
    Block same = block.prefixes().get(path);
    Block slash = slash(block, path + "/");
    if (same == null && slash != null) {
      here = slash;
      return Find.REDIRECT;
    }
    Block longest = same;
    for (Block location : block.prefixes().values()) {
      boolean longer = longest == null || location.name().length() > longest.name().length();
      if (longer && path.startsWith(location.name())) {
        longest = location;
      }
    }
    if (longest == null) {
      return Find.NONE;
    }
    here = longest;
    return Find.PREFIX;
  }

  private static Block slash(Block block, String path) {
    Block exact = block.exact().get(path);
    Block prefix = block.prefixes().get(path);
    boolean redirects =
        exact != null && exact.redirectsToItself() || prefix != null && prefix.redirectsToItself();
    return !redirects ? null : exact != null ? exact : prefix;
  }

  /** Goes into a limit_except block that the method is not excepted from. */
  private void limit() {
    Directive limit = here.own("limit_except");
    if (limit == null) {
      return;
    }
    variables.reads().add("request_method");
    List<String> methods = limit.arguments();
    boolean allowed =
        methods.contains(question.method())
            || question.method().equals("HEAD") && methods.contains("GET");
    if (!allowed) {
      here = here.inner(limit);
    }
  }

  // ---- rewrite directives

  /** Runs the rewrite directives of a block; returns whether they end here. */
  private boolean script(Block block) {
    for (Directive each : block.directive().block()) {
      switch (each.name()) {
        case "set", "if", "return", "rewrite", "break" -> {
          variables.blame(each);
          if (step(block, each)) {
            return true;
          }
        }
        default -> {
          if (each.name().startsWith("rewrite_by_") || each.name().startsWith("set_by_lua")) {
            throw new CannotTellException(each, "");
          }
        }
      }
    }
    return false;
  }

  private boolean step(Block block, Directive each) {
    return switch (each.name()) {
      case "set" -> {
        String name = each.argument(0).replaceFirst("^\\$", "").toLowerCase(Locale.ROOT);
        variables.set(name, variables.expand(each.argument(1)));
        yield false;
      }
      case "break" -> true;
      case "return" -> {
        giveBack(each);
        yield true;
      }
      case "rewrite" -> rewrite(each);
      default -> {
        if (!new Condition(each, variables).holds()) {
          yield false;
        }
        here = block.inner(each);
        yield script(here);
      }
    };
  }

  private void giveBack(Directive each) {
    String first = each.argument(0);
    if (first.matches("\\d{3}")) {
      answer = answered(Integer.parseInt(first));
    } else if (each.arguments().size() == 1) {
      answer = answered(302);
    } else {
      throw new CannotTellException(each, "no status");
    }
  }

  private boolean rewrite(Directive each) {
    NginxRegex pattern = NginxRegex.of(each.place(), each.argument(0), false);
    variables.reads().add("uri");
    if (!variables.matchesOrForgets(pattern, variables.path())) {
      return false;
    }
    String flag = each.argument(2);
    String replacement = each.argument(1);
    boolean isRedirect =
        replacement.startsWith("http://")
            || replacement.startsWith("https://")
            || replacement.startsWith("$scheme");
    if (isRedirect || flag.equals("redirect") || flag.equals("permanent")) {
      answer = answered(flag.equals("permanent") ? 301 : 302);
      return true;
    }
    move(replacement);
    isInternal = true;
    isUnparsed = false;
    if (flag.equals("break")) {
      isAtLocation = false;
      isMoved = false;
      return true;
    }
    isMoved = true;
    if (answer == null && variables.path().isEmpty()) {
      answer = answered(500);
    }
    return flag.equals("last") || answer != null;
  }

  private void move(String replacement) {
    boolean dropsQuery = replacement.endsWith("?");
    String text = dropsQuery ? replacement.substring(0, replacement.length() - 1) : replacement;
    int mark = text.indexOf('?');
    String path = variables.expand(mark < 0 ? text : text.substring(0, mark));
    String query = variables.query();
    if (mark >= 0) {
      String added = expandQuery(text.substring(mark + 1));
      boolean joins = !dropsQuery && query != null && !query.isEmpty();
      query = joins ? added + "&" + query : added;
    } else if (dropsQuery) {
      query = null;
    }
    variables.moveTo(path, query);
  }

  /** Captures of a path that has escapes are escaped where they come into a query. */
  private String expandQuery(String text) {
    boolean escapes = isQuoted || question.target().replaceFirst("[?#].*", "").contains("+");
    return Template.of(variables.blamed().place(), text)
        .expand(
            name -> {
              String value = variables.get(name);
              return escapes && name.matches("[1-9]") ? escaped(value, "#%&+;?") : value;
            });
  }

  // ---- access and content

  private Decision content() {
    Directive code = code(here);
    if (code != null) {
      throw new CannotTellException(code, "");
    }
    Boolean allowed = access();
    Directive satisfy = here.inherited("satisfy");
    if (Boolean.FALSE.equals(allowed) && (satisfy == null || !satisfy.argument(0).equals("any"))) {
      return answered(403);
    }
    Block location = here;
    Directive tryFiles = here.own("try_files");
    if (tryFiles != null) {
      throw new CannotTellException(tryFiles, "it depends on files");
    }
    for (Block block = location; block != null; block = block.isPart() ? block.parent() : null) {
      for (Directive each : block.directive().block()) {
        if (each.is("proxy_pass")) {
          return send(each);
        }
        if (each.name().endsWith("_pass") || each.is("stub_status") || each.is("empty_gif")) {
          return made(Decision.Kind.OTHER, null, null, null, 0, each.name());
        }
      }
    }
    return made(Decision.Kind.OTHER, null, null, null, 0, "a file");
  }

  /** What runs code, or asks somebody, and counts here; null if nothing does. */
  private static Directive code(Block here) {
    for (Block block = here; block != null; block = block.parent()) {
      for (Directive each : block.directive().block()) {
        if (CODE.contains(each.name()) && !each.argument(0).equals("off")) {
          return each;
        }
      }
    }
    return null;
  }

  /** Whether allow and deny let the client in; null if there are none. */
  private Boolean access() {
    for (Block block = here; block != null; block = block.parent()) {
      List<Directive> rules = new ArrayList<>();
      for (Directive each : block.directive().block()) {
        if (each.is("allow") || each.is("deny")) {
          rules.add(each);
        }
      }
      if (!rules.isEmpty()) {
        variables.reads().add("remote_addr");
        return rules.stream()
            .filter(this::isMeant)
            .findFirst()
            .map(rule -> rule.is("allow"))
            .orElse(true);
      }
    }
    return null;
  }

  private boolean isMeant(Directive rule) {
    String who = rule.argument(0);
    if (who.equals("all")) {
      return true;
    }
    if (who.equals("unix:")) {
      return question.client().equals("unix:");
    }
    InetAddress client = AddressSet.numeric(question.client());
    try {
      return client != null && AddressSet.of(who).contains(client);
    } catch (IllegalArgumentException e) {
      throw new CannotTellException(rule, who + " is not understood");
    }
  }

  private Decision send(Directive pass) {
    variables.blame(pass);
    Template template = Template.of(pass.place(), pass.argument(0));
    String url = template.expand(variables::get);
    Authority authority = Authority.of(url);
    if (authority == null) {
      if (template.hasVariables()) {
        return answered(500);
      }
      throw new CannotTellException(pass, url + " is no address");
    }
    Target target = authority.target(site);
    String path = authority.path();
    return made(
        Decision.Kind.SENT,
        target,
        template.hasVariables() ? variableUri(path) : uri(path),
        key(target),
        0,
        null);
  }

  /** What is sent if proxy_pass has no variables: the path behind the location's is kept. */
  private String uri(String path) {
    if (path.isEmpty()) {
      return present();
    }
    if (!isAtLocation) {
      return escaped(variables.path()) + query();
    }
    Block location = here;
    while (location.isPart()) {
      location = location.parent();
    }
    return path + escaped(variables.path().substring(location.name().length())) + query();
  }

  private String variableUri(String path) {
    return path.isEmpty() ? present() : path.startsWith("/") ? path : "/" + path;
  }

  private String present() {
    return isUnparsed ? question.target() : escaped(variables.path()) + query();
  }

  private String query() {
    String query = variables.query();
    return query == null || query.isEmpty() ? "" : "?" + query;
  }

  /** As NGX_ESCAPE_URI has it: what would mean something else in a path is escaped. */
  private String escaped(String path) {
    return isQuoted || isInternal ? escaped(path, ESCAPED) : path;
  }

  private static String escaped(String path, String characters) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c >= 0x7f || characters.indexOf(c) >= 0) {
        escaped.append("%%%02X".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private String key(Target target) {
    if (target.by() == null) {
      return target.balance() == Target.Balance.IP_HASH ? question.client() : null;
    }
    try {
      return variables.expand(target.by());
    } catch (CannotTellException e) {
      return null;
    }
  }

  // ---- decisions

  private Decision answered(int status) {
    Directive page = status < 300 ? null : errorPage(status);
    if (page != null) {
      return made(
          Decision.Kind.UNKNOWN,
          null,
          null,
          null,
          status,
          "error_page (" + page.place() + "): it is led on with " + status);
    }
    return made(Decision.Kind.ANSWERED, null, null, null, status, null);
  }

  /** A page that a status leads on to somebody else. */
  private Directive errorPage(int status) {
    for (Block block = here; block != null; block = block.parent()) {
      List<Directive> pages = block.directive().all("error_page").toList();
      if (!pages.isEmpty()) {
        return pages.stream()
            .filter(page -> page.arguments().contains(Integer.toString(status)))
            .findFirst()
            .orElse(null);
      }
    }
    return null;
  }

  private Decision made(
      Decision.Kind kind, Target target, String uri, String key, int status, String doubt) {
    boolean located = here != null && here.kind() != Block.Kind.NONE || here.isPart();
    return new Decision(
        kind,
        server.place(),
        located ? here.toString() : null,
        target,
        uri,
        key,
        status,
        size(here.inherited("client_max_body_size")),
        time(here.inherited("proxy_read_timeout")),
        variables.reads(),
        doubt);
  }

  private static long size(Directive directive) {
    return directive == null
        ? DEFAULT_BODY_MAX
        : number(directive, "(\\d{1,15})([kKmMgG]?)", "kmg", 1024);
  }

  private static long time(Directive directive) {
    if (directive == null) {
      return DEFAULT_READ_TIMEOUT;
    }
    Matcher value = Pattern.compile("(\\d{1,9})(ms|[smhdwMy]?)").matcher(directive.argument(0));
    if (!value.matches()) {
      return -1;
    }
    long unit =
        switch (value.group(2)) {
          case "ms" -> 1L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          case "d" -> 86_400_000L;
          case "w" -> 7 * 86_400_000L;
          case "M" -> 30 * 86_400_000L;
          case "y" -> 365 * 86_400_000L;
          default -> 1000L;
        };
    return Long.parseLong(value.group(1)) * unit;
  }

  private static long number(Directive directive, String pattern, String units, long step) {
    Matcher value = Pattern.compile(pattern).matcher(directive.argument(0));
    if (!value.matches()) {
      return -1;
    }
    long number = Long.parseLong(value.group(1));
    int power =
        value.group(2).isEmpty() ? 0 : units.indexOf(value.group(2).toLowerCase(Locale.ROOT)) + 1;
    for (int i = 0; i < power; i++) {
      number *= step;
    }
    return number;
  }
}
