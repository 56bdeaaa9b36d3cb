FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KINDRED_HOME=/var/lib/kindred
WORKDIR /app

# torch alone in a layer: it is large and changes rarely.
COPY requirements.txt .
RUN pip install --no-cache-dir "$(grep '^torch==' requirements.txt)" && pip install --no-cache-dir -r requirements.txt

COPY . .
RUN useradd --system --home-dir /var/lib/kindred --create-home kindred \
    && DATABASE_URL=postgresql://build/build REDIS_URL=redis://build SECRET_KEY=build \
       python manage.py collectstatic --noinput \
    && chown -R kindred /var/lib/kindred
USER kindred
VOLUME /var/lib/kindred
EXPOSE 8000

CMD ["granian", "config.web:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "8", "--no-ws"]
