"""The whole site on one screen."""

from allauth.account.views import LoginView, LogoutView
from django.urls import path

from portal.views import (
    agreements,
    catalogue,
    extracts,
    health,
    home,
    linkage,
    outputs,
    projects,
    register,
    releases,
    review,
    trail,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("accessibility", home.accessibility, name="accessibility"),
    path("about-the-data", home.about_the_data, name="about_the_data"),
    path("sign-in", LoginView.as_view(), name="account_login"),
    path("sign-out", LogoutView.as_view(), name="account_logout"),
    path("sign-up", home.no_sign_up, name="account_signup"),
    path("inactive", home.inactive, name="account_inactive"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Anyone may read these.
    path("register/", register.index, name="register"),
    path("register/<str:reference>", register.project, name="register_project"),
    path("catalogue/", catalogue.index, name="catalogue"),
    path("catalogue/<slug:code>/", catalogue.dataset, name="catalogue_dataset"),
    path("catalogue/<slug:code>/<str:table>", catalogue.table, name="catalogue_table"),
    path("releases/", releases.index, name="releases"),
    path("releases/<int:pk>/", releases.detail, name="release"),
    # Releases, for those who decide on them.
    path("releases/<int:pk>/publish", releases.publish, name="release_publish"),
    path("releases/<int:pk>/withdraw", releases.withdraw, name="release_withdraw"),
    # Linkage and its clerical review.
    path("linkage/", linkage.index, name="linkage"),
    path("linkage/start", linkage.start, name="linkage_start"),
    path("linkage/<int:pk>/", linkage.detail, name="linkage_run"),
    path("linkage/<int:pk>/cancel", linkage.cancel, name="linkage_cancel"),
    path("linkage/<int:pk>/retry", linkage.retry, name="linkage_retry"),
    path("linkage/review/", review.index, name="review"),
    path("linkage/review/<slug:token>", review.pair, name="review_pair"),
    path("linkage/review/<slug:token>/undo", review.undo, name="review_undo"),
    # Projects: the application, its boards, its team.
    path("projects/", projects.index, name="projects"),
    path("projects/new", projects.new, name="project_new"),
    path("projects/<int:pk>/", projects.detail, name="project"),
    path("projects/<int:pk>/edit", projects.edit, name="project_edit"),
    path("projects/<int:pk>/data", projects.data, name="project_data"),
    path("projects/<int:pk>/data/<str:table>", projects.choose, name="project_choose"),
    path("projects/<int:pk>/data/<str:table>/drop", projects.drop, name="project_drop"),
    path("projects/<int:pk>/team", projects.team, name="project_team"),
    path("projects/<int:pk>/team/<int:person>/remove", projects.remove, name="project_remove"),
    path("projects/<int:pk>/submit", projects.submit, name="project_submit"),
    path("projects/<int:pk>/withdraw", projects.withdraw, name="project_withdraw"),
    path("projects/<int:pk>/decide", projects.decide, name="project_decide"),
    # Agreements.
    path("agreements/<int:pk>/", agreements.detail, name="agreement"),
    path("agreements/<int:pk>/sign", agreements.sign, name="agreement_sign"),
    path("agreements/<int:pk>/revoke", agreements.revoke, name="agreement_revoke"),
    # Extracts.
    path("projects/<int:pk>/extracts/request", extracts.request_extract, name="extract_request"),
    path("extracts/<int:pk>/", extracts.detail, name="extract"),
    path("extracts/<int:pk>/cancel", extracts.cancel, name="extract_cancel"),
    path("extracts/<int:pk>/retry", extracts.retry, name="extract_retry"),
    # Outputs.
    path("outputs/", outputs.index, name="outputs"),
    path("projects/<int:pk>/outputs/new", outputs.new, name="output_new"),
    path("outputs/<int:pk>/", outputs.detail, name="output"),
    path("outputs/<int:pk>/edit", outputs.edit, name="output_edit"),
    path("outputs/<int:pk>/files/add", outputs.add_file, name="output_add_file"),
    path("outputs/<int:pk>/files/<int:file>/", outputs.file, name="output_file"),
    path("outputs/<int:pk>/files/<int:file>/describe", outputs.describe, name="output_describe"),
    path("outputs/<int:pk>/files/<int:file>/remove", outputs.remove_file, name="output_remove_file"),
    path("outputs/<int:pk>/submit", outputs.submit, name="output_submit"),
    path("outputs/<int:pk>/withdraw", outputs.withdraw, name="output_withdraw"),
    path("outputs/<int:pk>/check", outputs.check, name="output_check"),
    path("outputs/<int:pk>/release", outputs.release, name="output_release"),
    path("outputs/<int:pk>/download", outputs.download, name="output_download"),
    # The auditor's.
    path("trail/", trail.index, name="trail"),
    path("trail/export", trail.export, name="trail_export"),
]
