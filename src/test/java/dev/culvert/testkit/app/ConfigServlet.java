package dev.culvert.testkit.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import org.eclipse.microprofile.config.ConfigProvider;

/** Answers {@code /config?key} with what MicroProfile Config says. */
@WebServlet("/config")
public final class ConfigServlet extends HttpServlet {

  private static final long serialVersionUID = 1;
  private static final System.Logger LOG = System.getLogger(ConfigServlet.class.getName());

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String key = request.getQueryString();
    LOG.log(Level.DEBUG, "asked for {0}", key);
    String value = ConfigProvider.getConfig().getOptionalValue(key, String.class).orElse("(none)");
    response.getWriter().print(value);
  }
}
