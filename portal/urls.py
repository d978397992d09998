"""The whole site on one screen."""

from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path

from portal.confirming import asked_again, asked_when_sent
from portal.views import (
    agreements,
    catalogue,
    extracts,
    health,
    home,
    linkage,
    outputs,
    people,
    projects,
    register,
    releases,
    review,
    sign_in,
    trail,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("accessibility", home.accessibility, name="accessibility"),
    path("about-the-data", home.about_the_data, name="about_the_data"),
    path("sign-in", LoginView.as_view(), name="account_login"),
    path("sign-out", LogoutView.as_view(), name="account_logout"),
    path("sign-in/code", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/with/<slug:provider_id>", sign_in.to_institution, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back", openid_connect.callback, name="openid_connect_callback"),
    path("sign-up", home.no_sign_up, name="account_signup"),
    path("inactive", home.inactive, name="account_inactive"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Who one is, and confirming it: the second factor, where one is signed in.
    path("confirm/password", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("confirm/code", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("you/sessions", sign_in.sessions, name="sessions"),
    path("you/second-factor/", mfa.index, name="mfa_index"),
    path("you/second-factor/app", totp.activate_totp, name="mfa_activate_totp"),
    path("you/second-factor/app/picture", sign_in.picture, name="mfa_totp_picture"),
    path("you/second-factor/app/remove", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("you/second-factor/recovery-codes", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "you/second-factor/recovery-codes/new",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("you/second-factor/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("you/second-factor/passkeys/add", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("you/second-factor/passkeys/<int:pk>/rename", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("you/second-factor/passkeys/<int:pk>/remove", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    # Anyone may read these.
    path("register/", register.index, name="register"),
    path("register/researchers", register.researchers, name="register_researchers"),
    path("register/<str:reference>", register.project, name="register_project"),
    path("catalogue/", catalogue.index, name="catalogue"),
    path("catalogue/<slug:code>/", catalogue.dataset, name="catalogue_dataset"),
    path("catalogue/<slug:code>/<str:table>", catalogue.table, name="catalogue_table"),
    path("releases/", releases.index, name="releases"),
    path("releases/<int:pk>/", releases.detail, name="release"),
    # Releases, for those who decide on them.
    path("releases/<int:pk>/publish", asked_again(releases.publish), name="release_publish"),
    path("releases/<int:pk>/withdraw", asked_again(releases.withdraw), name="release_withdraw"),
    # Linkage and its clerical review.
    path("linkage/", linkage.index, name="linkage"),
    path("linkage/start", linkage.start, name="linkage_start"),
    path("linkage/<int:pk>/", linkage.detail, name="linkage_run"),
    path("linkage/<int:pk>/cancel", linkage.cancel, name="linkage_cancel"),
    path("linkage/<int:pk>/retry", linkage.retry, name="linkage_retry"),
    path("linkage/review/", review.index, name="review"),
    path("linkage/review/<slug:token>", review.pair, name="review_pair"),
    path("linkage/review/<slug:token>/undo", review.undo, name="review_undo"),
    # People's standing as researchers: one's own, and everybody's for research support.
    path("you/", people.you, name="you"),
    path("you/declaration", people.declaration, name="declaration"),
    path("you/accreditation", people.ask, name="accreditation_ask"),
    path("people/", people.index, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/training", people.training, name="person_training"),
    path("people/<int:pk>/sanction", asked_again(people.sanction), name="person_sanction"),
    path("accreditations/<int:pk>/", people.accreditation, name="accreditation"),
    path("accreditations/<int:pk>/decide", asked_again(people.decide), name="accreditation_decide"),
    path("accreditations/<int:pk>/withdraw", people.withdraw, name="accreditation_withdraw"),
    path("accreditations/<int:pk>/revoke", asked_again(people.revoke), name="accreditation_revoke"),
    path("sanctions/<int:pk>/", asked_when_sent(people.sanction_detail), name="sanction"),
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
    path("projects/<int:pk>/decide", asked_again(projects.decide), name="project_decide"),
    # Agreements.
    path("agreements/<int:pk>/", agreements.detail, name="agreement"),
    path("agreements/<int:pk>/sign", asked_again(agreements.sign), name="agreement_sign"),
    path("agreements/<int:pk>/revoke", asked_again(agreements.revoke), name="agreement_revoke"),
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
    path("outputs/<int:pk>/release", asked_again(outputs.release), name="output_release"),
    path("outputs/<int:pk>/download", outputs.download, name="output_download"),
    # The auditor's.
    path("trail/", trail.index, name="trail"),
    path("trail/export", trail.export, name="trail_export"),
]
