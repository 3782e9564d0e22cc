# One image, two programs: the web server (as it stands here) and the worker (`python manage.py worker`).
# deploy/pin-images names the image that is under this one by its digest.
ARG PYTHON_IMAGE=python:3.11-slim
FROM $PYTHON_IMAGE

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /site

# The second brings pg_dump and pg_restore, for backups.
COPY requirements.txt requirements-postgres.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
    --require-hashes -r requirements.txt -r requirements-postgres.txt

COPY manage.py ./
COPY campaign campaign
COPY pledges pledges
COPY reports reports
COPY templates templates
COPY static static
COPY locale locale
RUN python -m campaign.translations
COPY docs/staff.md docs/exports.md docs/
COPY deploy/alive.py deploy/nginx.conf deploy/

# These settings have no default. Collecting static files uses none of them, and none stays in the image.
RUN SECRET_KEY=none DIGEST_KEYS=none CAMPAIGN_PUBLIC_KEYS=none SITE_ORIGIN=none \
    EMAIL_URL=smtp:// DEFAULT_FROM_EMAIL=none CONTROLLER_EMAIL=none \
    python manage.py collectstatic --no-input --verbosity 0

# The files belong to root: the site can read them, and write only into the two volumes.
RUN useradd --system --no-create-home site && install -d -o site -m 700 /var/backups/care-dont-share && install -d -o site /nginx
USER site

EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s CMD ["python", "deploy/alive.py"]
CMD ["gunicorn", "-c", "python:campaign.gunicorn_config", "--bind", "0.0.0.0:8000"]
