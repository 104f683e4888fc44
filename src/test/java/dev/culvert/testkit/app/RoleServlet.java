package dev.culvert.testkit.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers {@code /role?name} with the caller and whether he is in that role. */
@WebServlet("/role")
public final class RoleServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response
        .getWriter()
        .print(request.getRemoteUser() + " " + request.isUserInRole(request.getQueryString()));
  }
}
